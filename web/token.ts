import { signal } from '@preact/signals'

const KEY = 'token'

/** The API token; empty for none. It is kept as long as the tab. */
export const token = signal(sessionStorage.getItem(KEY) ?? '')

/** Sets the token; an empty one forgets it. */
export function setToken(value: string): void {
  if (value) sessionStorage.setItem(KEY, value)
  else sessionStorage.removeItem(KEY)
  token.value = value
}
