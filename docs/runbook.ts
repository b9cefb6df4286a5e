// The table of docs/runbook.md: each alarm, what it means, and the first step.
import { ALARM_TEXTS } from '../infra/alarm-texts.ts'

export const runbookTable = (): string =>
  [
    '| Alarm | It means | First step |',
    '|---|---|---|',
    ...Object.entries(ALARM_TEXTS).map(([name, { means, act }]) => `| \`quarterdeck-${name}\` | ${means} | ${act} |`),
  ].join('\n')
