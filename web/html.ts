import htm from 'htm'
import { h } from 'preact'

/** Makes elements of a template in HTML's notation; values are text, never markup. */
export const html = htm.bind(h)
