// The line of a request as it is stored and shown again: without the secrets that a person typed.

import { declarations } from '../../commands/declarations.ts'
import type { Ports } from '../../commands/ports.ts'
import { type Config, DEFAULTS } from '../../engine/rules/config.ts'
import { redactText } from '../../features/logs/redaction.ts'
import { parseText, printInvocation } from '../../kit/language/invocation.ts'
import { isProblem } from '../../model/errors.ts'

type Redaction = Pick<Config, 'redaction'>

/** Where the configuration cannot be read, its own patterns are not known. */
export const keptLine = async (line: string, { config }: Pick<Ports, 'config'>): Promise<string> =>
  lineWithoutSecrets(line, await config().catch((): Redaction => DEFAULTS))

const lineWithoutSecrets = (line: string, config: Config | Redaction): string => {
  const parsed = parseText(line, declarations)
  const clean = isProblem(parsed) ? parsed : withoutSecrets(parsed, config)
  return redactText(clean === parsed || isProblem(clean) ? line : printInvocation(clean, declarations), { config })
}

type Typed = { readonly command: string; readonly values: Readonly<Record<string, unknown>> }

/**
 * Sentences, such as the reason, reach cards, channels, the audit and ECS. What a command runs is refused instead, if it holds a
 * secret.
 */
export const withoutSecrets = <T extends Typed>(invocation: T, config: Redaction): T => {
  const declaration = declarations.find(({ name }) => name === invocation.command)
  const specs = { ...declaration?.args, ...declaration?.options }
  const values = Object.entries(invocation.values).map(([name, value]) => [
    name,
    specs[name]?.kind === 'text' && typeof value === 'string' ? redactText(value, { config }) : value,
  ])
  const isSame = values.every(([name, value]) => invocation.values[String(name)] === value)
  return isSame ? invocation : { ...invocation, values: Object.fromEntries(values) }
}
