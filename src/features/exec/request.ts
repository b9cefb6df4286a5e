// The options of an exec request, and the check for options that cannot be combined.

import type { Asker } from '../../engine/rules/asker.ts'
import type { ExecRules } from '../../engine/rules/config.ts'
import { type Offer, type Refusal, refuse } from '../../model/errors.ts'
import { commandUsage } from './allowed-command.ts'

export type Asked = {
  readonly run?: string | undefined
  readonly task?: string
  readonly container?: string
  /** The time limit of the command, in minutes. */
  readonly timeout?: number
  readonly interactive?: boolean
  readonly all?: boolean
  readonly 'keep-going'?: boolean
  /** The duration of the shell access, in minutes. */
  readonly for?: number
}

const DEFAULT_MINUTES = 5
/** The longest time limit of a command. A Lambda invocation lasts at most 15 minutes and must also end the session. */
const MOST_MINUTES = 13

/** The number of tasks in which a command runs at the same time. Each needs a socket and an output buffer. */
export const WAVE = 5

/** The default duration of shell access, in minutes. */
const GRANT_MINUTES = 30
const MOST_GRANT_MINUTES = 240

/** The time limit of a command, or the duration of shell access, in minutes. */
export const minutesOf = ({ interactive = false, timeout, for: forMinutes }: Asked): number =>
  interactive ? (forMinutes ?? GRANT_MINUTES) : (timeout ?? DEFAULT_MINUTES)

/** Refuses options that cannot be combined or that exceed their limits. */
export const refuseCombination = (asked: Asked): Refusal | undefined => {
  const { run: command, interactive = false, timeout } = asked
  if (asked['keep-going'] === true && asked.all !== true) return refuse('`--keep-going` works only with `--all`.')
  if (asked.all === true && (interactive || asked.task !== undefined))
    return refuse('`--all` runs a command in every task.', 'Leave out `--interactive` and `--task`.')
  if (interactive && command !== undefined)
    return refuse(
      '`--interactive` takes no command: it grants shell access from your own terminal.',
      'Leave out one of them.',
    )
  if (interactive && timeout !== undefined)
    return refuse('`--timeout` is for commands.', 'For shell access use `--for`.')
  if (!interactive && asked.for !== undefined)
    return refuse('`--for` works only with `--interactive`.', 'For a command use `--timeout`.')
  const minutes = minutesOf(asked)
  const most = interactive ? MOST_GRANT_MINUTES : MOST_MINUTES
  if (minutes <= most) return undefined
  return refuse(interactive ? 'Shell access lasts at most 4 hours.' : `A command may run for at most ${most} minutes.`)
}

/** The configured commands, as they are written. */
const listed = ({ commands }: Pick<ExecRules, 'commands'>): string => {
  const usages = Object.entries(commands).map(([name, { parameters }]) => `\`${commandUsage(name, parameters)}\``)
  if (usages.length === 0) return ''
  const more = usages.length - MOST_LISTED
  return ` Configured: ${usages.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}

const MOST_LISTED = 20

export const askForCommand = ({ config: { exec }, again }: Asker): Refusal => {
  const simple = Object.keys(exec.commands).filter(
    name => Object.keys(exec.commands[name]?.parameters ?? {}).length === 0,
  )
  return refuse(
    'Which command?',
    `Write it after \`--\`, for example \`-- ps aux\`.${listed(exec)}`,
    simple.slice(0, 5).map((name): Offer => ({ label: name, invocation: again({ run: name }) })),
  )
}
