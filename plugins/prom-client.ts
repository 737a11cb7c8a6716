/**
 * What the service uses of prom-client. Its index also loads what cluster mode, summaries and the push
 * gateway need.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export type Registry = import('prom-client').Registry
export const Registry: typeof import('prom-client').Registry = require('prom-client/lib/registry')

export type Counter<T extends string> = import('prom-client').Counter<T>
export const Counter: typeof import('prom-client').Counter = require('prom-client/lib/counter')

export type Gauge = import('prom-client').Gauge
export const Gauge: typeof import('prom-client').Gauge = require('prom-client/lib/gauge')

export type Histogram<T extends string> = import('prom-client').Histogram<T>
export const Histogram: typeof import('prom-client').Histogram = require('prom-client/lib/histogram')

export const collectDefaultMetrics: typeof import('prom-client').collectDefaultMetrics = require('prom-client/lib/defaultMetrics')
