// Resolves a typed command to a configured command or a shell line, and checks that the configuration allows it.

import type { ExecRules } from '../../engine/rules/config.ts'
import { codeText } from '../../kit/messages/text.ts'
import { compilePattern, hasMatch } from '../../kit/redact/patterns.ts'
import { type RedactOptions, redact } from '../../kit/redact/redact.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { shellWords } from './shell-words.ts'

export type RequestedCommand = {
  /** The exact arguments to run in the container. */
  readonly argv: readonly string[]
  /** The name of a command in quarterdeck.yaml, whose effect is known; absent for a command that was typed in full. */
  readonly named?: string
}

/** Resolves a command. `text`: the text after `--`. `hiding`: what the configuration hides besides secrets. */
export const resolveCommand = (text: string, rules: ExecRules, hiding: RedactOptions): RequestedCommand | Refusal => {
  const [name = '', ...args] = text.split(/\s+/)
  const configured = Object.hasOwn(rules.commands, name) ? rules.commands[name] : undefined
  if (configured !== undefined) {
    const argv = fillParameters(name, configured, args)
    return isRefusal(argv) ? argv : { argv, named: name }
  }
  const words = shellWords(text)
  const typed = words === undefined ? undefined : configuredAs(words, rules)
  if (typed !== undefined) return typed
  // A pattern that RE2 refuses, from an older configuration, denies everything.
  const denied = rules.deny.find(pattern => compilePattern(pattern) === undefined || hasMatch(text, pattern))
  if (denied !== undefined)
    return refuse(
      'This command is blocked by configuration; it cannot be approved.',
      `It matches the deny rule \`${denied}\`.`,
    )
  const line = words !== undefined && isShell(words) ? words : ['sh', '-c', text]
  if (shellText(line).length > MOST_SHOWN)
    return refuse('This command is too long to show on a card.', 'Put it into a script in the image.')
  const { text: shown, hidden } = redact(text, hiding)
  if (Object.keys(hidden).length > 0)
    return refuse(
      'The command contains a possible secret or text that configuration hides. Everyone who sees the card could read it.',
      `This stands in its place (${Object.keys(hidden).join(', ')}): ${codeText(shown, MOST_QUOTED)}. Read it from the container’s environment or a file instead.`,
    )
  return { argv: line }
}

/** Characters of a refused command that its refusal quotes, with what was hidden in it left out. */
const MOST_QUOTED = 300

/** A configured command whose arguments were typed in full, in any quotes; with values that its parameters allow. */
const configuredAs = (words: readonly string[], { commands }: ExecRules): RequestedCommand | undefined => {
  const found = Object.entries(commands).find(
    ([, { argv, parameters }]) =>
      argv.length === words.length && argv.every((part, at) => isFilled(part, words[at] ?? '', parameters)),
  )
  if (found === undefined) return undefined
  const [named, { argv, parameters }] = found
  const values = Object.keys(parameters).map(name => valuesOf(argv, words, name))
  // A parameter that occurs twice must have the same value.
  return values.every(given => given.size <= 1) ? { argv: words, named } : undefined
}

const HOLE = /^\{([a-z][a-z0-9-]*)\}$/

/** Only an argument that is a parameter as a whole can be compared: the value of another could be split in many ways. */
const isFilled = (part: string, word: string, parameters: ExecRules['commands'][string]['parameters']): boolean => {
  const name = HOLE.exec(part)?.[1]
  if (name === undefined || !Object.hasOwn(parameters, name)) return part === word
  return parameters[name]?.includes(word) === true
}

const valuesOf = (argv: readonly string[], words: readonly string[], name: string): ReadonlySet<string> =>
  new Set(argv.flatMap((part, at) => (part === `{${name}}` ? [words[at] ?? ''] : [])))

/** A shell with a script, such as `sh -c '…'`: it needs no other shell around it. */
const isShell = ([program = '', option = '', script]: readonly string[]): boolean =>
  /^(?:\/(?:usr\/)?bin\/)?(?:sh|ash|bash|dash|zsh)$/.test(program) && /^-[a-z]*c$/.test(option) && script !== undefined

const fillParameters = (
  name: string,
  { argv, parameters }: ExecRules['commands'][string],
  args: readonly string[],
): readonly string[] | Refusal => {
  const values = new Map<string, string>()
  for (const arg of args) {
    const [parameter = '', ...rest] = arg.split('=')
    const allowed = Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined
    if (allowed === undefined)
      return refuse(`\`${name}\` has no parameter \`${arg.slice(0, 100)}\`.`, usageOf(name, parameters))
    if (!allowed.includes(rest.join('=')))
      return refuse(
        `\`${name}\` does not allow this value of \`${parameter}\`.`,
        `Allowed: ${allowed.map(value => `\`${value}\``).join(', ')}.`,
      )
    values.set(parameter, rest.join('='))
  }
  const missing = Object.keys(parameters).find(parameter => !values.has(parameter))
  if (missing !== undefined) return refuse(`\`${name}\` needs \`${missing}\`.`, usageOf(name, parameters))
  const filled = argv.map(text =>
    text.replace(/\{([a-z][a-z0-9-]*)\}/g, (hole, parameter) => values.get(parameter) ?? hole),
  )
  return shellText(filled).length <= MOST_SHOWN
    ? filled
    : refuse(`\`${name}\` is too long to show on a card.`, 'Your administrator can shorten it in the configuration.')
}

/** Characters that the details of a card have room for. */
const MOST_SHOWN = 8_000

const usageOf = (name: string, parameters: Parameters): string => `Write \`-- ${commandUsage(name, parameters)}\`.`

type Parameters = Readonly<Record<string, readonly string[]>>

/** A configured command as it is written: `disk path=/|/tmp`. */
export const commandUsage = (name: string, parameters: Parameters): string =>
  [name, ...Object.entries(parameters).map(([one, values]) => `${one}=${values.join('|')}`)].join(' ')

/** The arguments as text for the card, quoted for a shell. */
export const shellText = (argv: readonly string[]): string =>
  argv.map(text => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)).join(' ')
