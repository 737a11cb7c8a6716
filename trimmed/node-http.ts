/**
 * What the service uses of `node:http`. With an `import` Node would read all properties of that module for
 * the sake of its named exports, and with one of them load its own HTTP client and WebSocket, which take
 * 5 MB and a tenth of the time of a start.
 */
export const { IncomingMessage, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http')
