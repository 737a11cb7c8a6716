import { signal } from '@preact/signals'

const KEY = 'token'

/** The token that the API is called with; empty for none. It lives as long as the tab. */
export const token = signal(sessionStorage.getItem(KEY) ?? '')

/** Takes another token; an empty one forgets it. */
export function setToken(value: string): void {
  if (value) sessionStorage.setItem(KEY, value)
  else sessionStorage.removeItem(KEY)
  token.value = value
}
