import htm from 'htm'
import { h } from 'preact'

/** Makes elements from an HTML template. Values are inserted as text, never as markup. */
export const html = htm.bind(h)
