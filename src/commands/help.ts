// /ecs help. Ingress answers it from the declarations, so this command has no functions that read AWS.
import type { AnyCommand } from './command.ts'

export const help: AnyCommand = {
  kind: 'help',
  name: 'help',
  summary: 'List the commands, or explain one',
  args: { command: { kind: 'word', optional: true } },
  options: {},
  examples: ['help', 'help scale', 'help exec enable'],
}
