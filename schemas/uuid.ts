/** RFC 9562, section 4, allows either case. The format in ajv-formats would also accept `urn:uuid:`. */
export const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
