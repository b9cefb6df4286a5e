// What somebody asks of a container, as typed, and what of it does not go together.

import type { Asker } from '../../engine/rules/asker.ts'
import { type Offer, type Refusal, refuse } from '../../model/errors.ts'

export type Asked = {
  readonly run?: string | undefined
  readonly task?: string
  readonly container?: string
  /** Minutes. */
  readonly timeout?: number
  readonly interactive?: boolean
  readonly all?: boolean
  readonly 'keep-going'?: boolean
  /** Minutes. */
  readonly for?: number
}

const DEFAULT_MINUTES = 5
/** A Lambda function runs for 15 minutes at most, and has to end the session within them. */
const MOST_MINUTES = 13

/** Tasks at once: each holds a socket and a process's worth of output. */
export const WAVE = 5

/** Of a grant. */
const GRANT_MINUTES = 30
const MOST_GRANT_MINUTES = 240

/** How long a command may run, or somebody is let in. */
export const minutesOf = ({ interactive = false, timeout, for: forMinutes }: Asked): number =>
  interactive ? (forMinutes ?? GRANT_MINUTES) : (timeout ?? DEFAULT_MINUTES)

export const unfitting = (asked: Asked): Refusal | undefined => {
  const { run: command, interactive = false, timeout } = asked
  if (asked['keep-going'] === true && asked.all !== true) return refuse('`--keep-going` is for `--all`.')
  if (asked.all === true && (interactive || asked.task !== undefined))
    return refuse('`--all` is for a command in every task.', 'Leave out `--interactive` and `--task`.')
  if (interactive && command !== undefined)
    return refuse(
      '`--interactive` takes no command: it lets you in with your own terminal.',
      'Leave out one of the two.',
    )
  if (interactive && timeout !== undefined)
    return refuse('`--timeout` is for a command; how long you are let in says `--for`.')
  if (!interactive && asked.for !== undefined)
    return refuse('`--for` is for `--interactive`; a command has a `--timeout`.')
  const minutes = minutesOf(asked)
  const most = interactive ? MOST_GRANT_MINUTES : MOST_MINUTES
  if (minutes <= most) return undefined
  return refuse(
    interactive
      ? 'Nobody is let in for more than 4 hours at once.'
      : `A command runs for at most ${most} minutes here.`,
  )
}

export const whatToRun = ({ config: { exec }, again }: Asker): Refusal => {
  const simple = Object.keys(exec.commands).filter(
    name => Object.keys(exec.commands[name]?.parameters ?? {}).length === 0,
  )
  return refuse(
    'Which command?',
    'Write it behind `--`, for example `-- ps aux`.',
    simple.slice(0, 5).map((name): Offer => ({ label: name, invocation: again({ run: name }) })),
  )
}
