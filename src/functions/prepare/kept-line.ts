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

type Reasoned = { readonly values: Readonly<Record<string, unknown>> }

/** The reason reaches the card, the audit and ECS. What a command runs is refused instead, if it holds a secret. */
export const withoutSecrets = <T extends Reasoned>(invocation: T, config: Redaction): T => {
  const { reason } = invocation.values
  if (typeof reason !== 'string') return invocation
  const shown = redactText(reason, { config })
  return shown === reason ? invocation : { ...invocation, values: { ...invocation.values, reason: shown } }
}
