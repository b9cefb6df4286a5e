// Why a task stopped, in plain words, from what ECS says of it.
import type { StoppedTask } from './model.ts'

/** Exit codes above 128 are 128 + the signal (POSIX shells). */
const EXITS: Readonly<Record<number, string>> = {
  0: 'it finished on its own',
  1: 'the application failed',
  126: 'its command may not be executed',
  127: 'its command was not found',
  134: 'it aborted',
  137: 'it was killed, mostly out of memory',
  139: 'it crashed with a segmentation fault',
  143: 'it was asked to end (SIGTERM)',
}

export const whyStopped = ({ reason, containers }: StoppedTask): string => {
  const failed = containers.find(
    ({ exitCode, reason: why }) => why !== undefined || (exitCode !== undefined && exitCode !== 0),
  )
  const exit = failed?.exitCode
  const meaning =
    exit === undefined ? '' : ` ${failed?.name} exited with ${exit}: ${EXITS[exit] ?? 'an exit code of its own'}.`
  return `${reason}${meaning}${failed?.reason === undefined ? '' : ` ${failed.reason}`}`.slice(0, 400)
}
