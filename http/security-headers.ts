/**
 * The security headers of every answer. Answers are data, for which a browser has nothing to load; a route that
 * serves a page says what it needs. Whether the host must be reached over TLS alone (HSTS) is for whoever ends
 * TLS in front of this service to say.
 */
export const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

/** What a document has in addition; it means nothing for data and files. */
export const DOCUMENT_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}
