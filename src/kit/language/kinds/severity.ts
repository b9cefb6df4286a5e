// The argument kind for the severity of the findings to show.

import { problem } from '../../../model/errors.ts'
import { SEVERITIES, type Severity } from '../severity.ts'
import type { Kind } from './kind.ts'

export const severity: Kind<Severity> = {
  usage: '<critical|high|medium|low>',
  example: 'high',
  choices: SEVERITIES,
  parse: text =>
    SEVERITIES.find(severity => severity === text.toLowerCase()) ??
    problem(`\`${text.slice(0, 50)}\` is not a severity.`, 'Write `critical`, `high`, `medium` or `low`.'),
  print: severity => severity,
}
