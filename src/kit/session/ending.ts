// Ends a session exactly once, and terminates it through SSM unless Session Manager has closed it.
import type { SessionPorts } from './ports.ts'
import { type SessionEnd, TERMINATE_MS } from './session.ts'

export type SessionOutcome = { readonly failure: () => string | undefined; readonly exitCode: () => number | undefined }

/** `stop`: called once, when the session ends, and before a failed session is terminated. */
export const createEnding = (sessionId: string, ports: SessionPorts, stop: () => void) => {
  let resolve: (end: SessionEnd) => void = () => undefined
  const end = new Promise<SessionEnd>(resolveEnd => {
    resolve = resolveEnd
  })
  const cancels: (() => void)[] = []
  let isOver = false
  const begin = (): boolean => {
    if (isOver) return false
    isOver = true
    for (const cancel of cancels) cancel()
    stop()
    return true
  }
  const close = (reason: string, { failure, exitCode }: SessionOutcome): void => {
    const code = exitCode()
    const finalReason = failure() ?? reason
    if (begin()) resolve({ kind: 'closed', reason: finalReason, ...(code !== undefined && { exitCode: code }) })
  }
  const fail = (why: unknown): void => {
    if (!begin()) return
    const reason = typeof why === 'string' ? why : `unexpected error (${String(why)})`
    const settle = (isTerminated: boolean): void => {
      cancel()
      resolve({ kind: 'incomplete', reason, isTerminated })
    }
    const cancel = ports.after(TERMINATE_MS, () => settle(false))
    ports.terminate(sessionId).then(
      () => settle(true),
      () => settle(false),
    )
  }
  return { end, isOver: () => isOver, close, fail, cancelWith: (cancel: () => void) => cancels.push(cancel) }
}
