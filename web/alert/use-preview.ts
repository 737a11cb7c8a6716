import { useEffect, useState } from 'preact/hooks'
import type { AlertPreview, AlertTrial } from '../../schemas/alert.ts'
import { call } from '../api.ts'
import { token } from '../token.ts'

/** The debounce of typing. */
const TYPING_MS = 250

interface Preview {
  data?: AlertPreview
  error?: Error
}

/** What an alert would have fired, once it has not changed for a moment. The previous answer stays until then. */
export function usePreview(trial: AlertTrial | undefined): Preview {
  const [preview, setPreview] = useState<Preview>({})
  useEffect(() => {
    if (!trial) return setPreview({})
    const ended = new AbortController()
    const { signal } = ended
    async function read() {
      try {
        const options = { method: 'POST', body: trial, signal } as const
        const { data } = await call<AlertPreview>('/alerts/preview', options)
        if (!signal.aborted) setPreview({ data })
      } catch (error) {
        if (!signal.aborted) setPreview({ error: error as Error })
      }
    }
    const timer = setTimeout(read, TYPING_MS)
    return () => {
      clearTimeout(timer)
      ended.abort()
    }
  }, [JSON.stringify(trial), token.value])
  return preview
}
