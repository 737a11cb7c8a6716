import { existsSync } from 'node:fs'
import type { Static, TObject, TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'

/** The environment is invalid. The message has a line per fault with the variable, the fault and what is allowed. */
export class EnvironmentError extends Error {}

/** Loads `.env` from the working directory, if it exists. Variables that are already set take precedence. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile()
}

/** Converts a variable's text to a number if its schema asks for one and the text is one. */
function parse(schema: TSchema, text: string): unknown {
  const pattern = { integer: /^-?\d+$/, number: /^-?\d+(\.\d+)?$/ }[String(schema.type)]
  return pattern?.test(text) ? Number(text) : text
}

/** Catches what a pattern cannot: a port that is too large, or invalid percent-encoding. */
function isUrl(text: string): boolean {
  try {
    const { username, password } = new URL(text)
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

function isValid(schema: TSchema, value: unknown): boolean {
  const good = TypeCompiler.Compile(schema).Check(value)
  return good && (!schema.url || isUrl(String(value)))
}

function faultsOf(schema: TSchema, name: string, value: unknown): string[] {
  if (isValid(schema, value)) return []
  // A URL can contain a password, or a token in its query.
  const hidden = schema.secret || /[@?#]/.test(String(value))
  const shown = hidden ? 'its value' : JSON.stringify(value)
  return [`${name}: ${shown} is not ${schema.allowed}`]
}

/**
 * Reads the environment variables that a schema declares. Besides TypeBox's own keywords, the schema of a
 * variable has:
 * - `allowed`: the allowed values in words, for messages
 * - `secret`: whether to hide its value in messages
 * - `url`: whether it must be a URL
 * - `anyCase`: whether the lower-case name is read too; it takes precedence
 *
 * An empty variable counts as unset. `faultsBetween` finds faults that involve several variables. Throws
 * `EnvironmentError`.
 */
export function readEnvironment<T extends TObject>(
  schema: T,
  env: Readonly<Record<string, string | undefined>>,
  faultsBetween: (values: Record<string, unknown>) => string[] = () => [],
): Static<T> {
  const values: Record<string, unknown> = {}
  const faults: string[] = []
  for (const [name, property] of Object.entries(schema.properties)) {
    const lowerCase = name.toLowerCase()
    const source = property.anyCase && env[lowerCase] ? lowerCase : name
    const text = env[source]
    const value = text ? parse(property, text) : property.default
    if (value === undefined) continue
    values[name] = value
    faults.push(...faultsOf(property, source, value))
  }
  faults.push(...faultsBetween(values))
  if (faults.length === 0 && TypeCompiler.Compile(schema).Check(values)) return values
  throw new EnvironmentError(faults.join('\n'))
}
