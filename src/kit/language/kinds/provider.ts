// The argument kind for the name of one capacity provider.

import { problem } from '../../../model/errors.ts'
import type { Kind } from './kind.ts'
import { providerName } from './strategy.ts'

export const provider: Kind<string> = {
  usage: '<provider>',
  example: 'spot',
  parse: text =>
    /^[\w-]{1,255}$/.test(text) ? providerName(text) : problem(`\`${text.slice(0, 50)}\` is not a capacity provider.`),
  print: name => name,
}
