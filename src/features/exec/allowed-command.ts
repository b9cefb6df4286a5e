// What somebody wants to run: a command of the configuration's, or a line for the container's own shell; and whether it may.

import type { ExecRules } from '../../engine/rules/config.ts'
import { type RedactOptions, redact } from '../../kit/redact/redact.ts'
import { jsonBytes } from '../../model/bytes.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'

export type Wanted = {
  /** What the container is given, word for word. */
  readonly argv: readonly string[]
  /** Of the configuration: what it can do is known beforehand. */
  readonly named?: string
}

/** `text`: as typed behind `--`. `hiding`: what else than a secret nobody is to read. */
export const wantedOf = (text: string, rules: ExecRules, hiding: RedactOptions): Wanted | Refusal => {
  const [name = '', ...given] = text.split(/\s+/)
  const own = Object.hasOwn(rules.commands, name) ? rules.commands[name] : undefined
  if (own !== undefined) {
    const argv = fill(name, own, given)
    return isRefusal(argv) ? argv : { argv, named: name }
  }
  const denied = rules.deny.find(pattern => new RegExp(pattern).test(text))
  if (denied !== undefined)
    return refuse('Nobody runs that here, whoever agrees.', `The configuration forbids what looks like \`${denied}\`.`)
  if (Object.keys(redact(text, hiding).hidden).length > 0)
    return refuse(
      'There is something in that command that looks like a secret, or that the configuration hides: everybody who sees the card would read it.',
      'Let the command read it where it is: from the container’s environment or a file.',
    )
  return { argv: ['sh', '-c', text] }
}

const fill = (
  name: string,
  { argv, parameters }: ExecRules['commands'][string],
  given: readonly string[],
): readonly string[] | Refusal => {
  const values = new Map<string, string>()
  for (const one of given) {
    const [parameter = '', ...rest] = one.split('=')
    const allowed = Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined
    if (allowed === undefined)
      return refuse(`\`${name}\` takes no \`${one.slice(0, 100)}\`.`, usageOf(name, parameters))
    if (!allowed.includes(rest.join('=')))
      return refuse(
        `\`${name}\` takes no such \`${parameter}\`.`,
        `It is one of ${allowed.map(value => `\`${value}\``).join(', ')}.`,
      )
    values.set(parameter, rest.join('='))
  }
  const missing = Object.keys(parameters).find(parameter => !values.has(parameter))
  if (missing !== undefined) return refuse(`\`${name}\` needs \`${missing}\`.`, usageOf(name, parameters))
  const filled = argv.map(text =>
    text.replace(/\{([a-z][a-z0-9-]*)\}/g, (hole, parameter) => values.get(parameter) ?? hole),
  )
  return jsonBytes(filled) <= MOST_BYTES
    ? filled
    : refuse(`\`${name}\` is too long to be shown to anybody.`, 'Whoever keeps the configuration can make it shorter.')
}

/** Of JSON; a card holds less. */
const MOST_BYTES = 30_000

const usageOf = (name: string, parameters: Readonly<Record<string, readonly string[]>>): string =>
  `Write \`-- ${[name, ...Object.entries(parameters).map(([one, values]) => `${one}=${values.join('|')}`)].join(' ')}\`.`

/** The words as a shell would read them: what the card shows. */
export const shown = (argv: readonly string[]): string =>
  argv.map(text => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)).join(' ')
