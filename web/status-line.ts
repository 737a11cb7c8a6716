import { useEffect } from 'preact/hooks'
import type { Status } from '../schemas/status.ts'
import { reachable, read } from './api.ts'
import { now } from './clock.ts'
import { ago, count, counted, moment } from './format.ts'
import { html } from './html.ts'
import { link } from './router.ts'
import { status } from './status.ts'
import { token } from './token.ts'
import { usePolled } from './use-polled.ts'

const INTERVAL_MS = 5_000

/** The state of the Offers service in words, and whether it is bad. */
function upstreamState({ upstream }: Status): { text: string; bad: boolean } {
  const {
    paused_until: pausedUntil,
    last_error: lastError,
    last_success_at: lastSuccess,
  } = upstream
  if (pausedUntil !== null && Date.parse(pausedUntil) > now.value) {
    return { text: `asked for a pause until ${moment(pausedUntil)}`, bad: true }
  }
  if (lastError !== null && (lastSuccess === null || lastError.at > lastSuccess)) {
    return { text: `failing: ${lastError.message}`, bad: true }
  }
  if (lastSuccess === null) return { text: 'not called yet', bad: false }
  return { text: `answered ${ago(lastSuccess, now.value)}`, bad: false }
}

function freshness({ refresh, registrations_pending: pending }: Status): string {
  // If all products are rejected, none is checked, and none is late.
  if (pending === 0 && refresh.oldest_checked_at === null && refresh.within_target === 1) {
    return 'nothing to check yet'
  }
  const share = `${Math.floor(refresh.within_target * 1000) / 10} % fresh`
  // The ages include registered products only.
  return refresh.p95_age_s === null || pending > 0
    ? share
    : `${share}, 95 % checked within ${Math.ceil(refresh.p95_age_s)} s`
}

/** The state of the service in one line. */
export function StatusLine() {
  const { data } = usePolled((signal) => read<Status>('/status', signal), INTERVAL_MS, [
    token.value,
  ])
  useEffect(() => {
    status.value = data
  }, [data])
  if (!reachable.value) {
    return html`<p class="status bad" role="alert">
      The service cannot be reached. What you see may be out of date; this page updates as soon as it is back.
    </p>`
  }
  if (!data) return html`<p class="status"> </p>`
  const upstream = upstreamState(data)
  return html`<p class="status">
    <span>${counted(data.products, 'product')}</span>
    <span>${counted(data.offers, 'offer')}</span>
    ${
      data.registrations_pending > 0 &&
      html`<span><a href=${link('', { show: 'pending' })}>
        ${count(data.registrations_pending)} waiting for registration</a></span>`
    }
    ${
      data.refresh.failing > 0 &&
      html`<span><a class="bad" href=${link('', { show: 'stale' })}>
        ${count(data.refresh.failing)} failing</a></span>`
    }
    <span>${freshness(data)}</span>
    <span class=${upstream.bad ? 'bad' : ''}>Offers service ${upstream.text}</span>
    ${data.upstream.simulated && html`<strong class="simulated">simulated data</strong>`}
  </p>`
}
