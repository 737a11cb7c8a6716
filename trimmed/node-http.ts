/**
 * What the service uses of `node:http`. For an `import`, Node reads every property of that module for the sake of its
 * named exports, and one of them loads Node's HTTP client and WebSocket. Measured on Node.js 26: 4 instead of 58 ms of
 * start, and 5 MB less.
 */
export const { STATUS_CODES } = process.getBuiltinModule('node:http')
