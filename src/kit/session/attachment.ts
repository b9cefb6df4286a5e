// Tracks whether the agent is connected, from the messages start_publication and pause_publication. Nothing is sent
// while the agent is disconnected: Session Manager would answer each frame with another pause_publication (seen in the
// reference client).
import type { Clock } from './ports.ts'

export type Attachment = {
  readonly isPaused: () => boolean
  readonly attached: () => void
  readonly paused: () => void
  readonly stop: () => void
}

/**
 * `lost`: called when the agent was disconnected for longer than `pauseMs`. `resumed`: called when sending may resume.
 */
export const createAttachment = (
  { after }: Clock,
  pauseMs: number,
  { lost, resumed }: { readonly lost: (reason: string) => void; readonly resumed: () => void },
): Attachment => {
  const seconds = Math.round(pauseMs / 1_000)
  let isPaused = false
  let cancel: (() => void) | undefined = after(pauseMs, () =>
    lost(`the container’s agent did not connect within ${seconds} s`),
  )
  const attached = (): void => {
    cancel?.()
    cancel = undefined
    if (!isPaused) return
    isPaused = false
    resumed()
  }
  const paused = (): void => {
    isPaused = true
    cancel ??= after(pauseMs, () =>
      lost(`the container’s agent has been disconnected for ${seconds} s: its task probably stopped`),
    )
  }
  return { isPaused: () => isPaused, attached, paused, stop: () => cancel?.() }
}
