// Whether the agent is there, as the service tells it. While it is away nothing is sent: the service would answer each
// frame with one more pause, for minutes, as the reference client found out.
import type { Clock } from './ports.ts'

export type Attachment = {
  readonly isAway: () => boolean
  readonly isHere: () => void
  readonly wentAway: () => void
  readonly stop: () => void
}

/** `lost`: away, or never come, for longer than that. `back`: what waited may go out. */
export const createAttachment = (
  { after }: Clock,
  pauseMs: number,
  { lost, back }: { readonly lost: (reason: string) => void; readonly back: () => void },
): Attachment => {
  const seconds = Math.round(pauseMs / 1_000)
  let isAway = false
  let cancel: (() => void) | undefined = after(pauseMs, () =>
    lost(`the container’s agent did not come within ${seconds} s`),
  )
  const isHere = (): void => {
    cancel?.()
    cancel = undefined
    if (!isAway) return
    isAway = false
    back()
  }
  const wentAway = (): void => {
    isAway = true
    cancel ??= after(pauseMs, () =>
      lost(`the container’s agent has been away for ${seconds} s: its task was probably stopped`),
    )
  }
  return { isAway: () => isAway, isHere, wentAway, stop: () => cancel?.() }
}
