import type { App } from './helper.ts'

interface Schema {
  $ref?: string
  example?: unknown
  examples?: unknown[]
  enum?: unknown[]
  properties?: Record<string, Schema>
  items?: Schema
}
type Content = Record<string, { schema: Schema; example?: unknown; examples?: object }>
export interface Operation {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: { name: string; in: string; description?: string }[]
  requestBody?: { content: Content }
  security?: object[]
  responses: Record<string, { description?: string; headers?: object; content?: Content }>
}
export interface Document {
  openapi: string
  tags: { name: string }[]
  security: object[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

/** Pages and files for people, and the document itself. */
export const HIDDEN = /^\/(docs(\/.*)?|assets\/.*)?$/

export const readDocument = async (app: App) => (await app.inject('/docs/json')).json<Document>()

/** Every operation of the document with its name, method and path. */
export function operationsOf({ paths }: Document) {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method,
      path,
      operation,
    })),
  )
}

/** Whether an example can be found at a schema or inside it. */
export function hasExample(document: Document, schema: Schema): boolean {
  if (schema.$ref !== undefined) {
    const target = document.components.schemas[schema.$ref.split('/').at(-1) ?? '']
    return target !== undefined && hasExample(document, target)
  }
  if ([schema.example, schema.examples?.[0], schema.enum?.[0]].some((one) => one !== undefined)) {
    return true
  }
  const inside = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [schema.items] : []),
  ]
  return inside.some((part) => hasExample(document, part))
}
