// Everything that a world keeps, as text, each part with its name.

import type { Durable } from '../../sandbox/lambda/durable/engine.ts'
import type { Slack } from '../../sandbox/slack/slack.ts'
import type { Change } from '../../sandbox/slack/types.ts'
import type { PlaceKind } from './exemptions.ts'

export type Place = { readonly kind: PlaceKind; readonly where: string; readonly text: string | Buffer }

export const durablePlaces = ({ executions }: Pick<Durable, 'executions'>): readonly Place[] =>
  [...executions.values()].flatMap(({ name, payload, result, error, operations, events }) => {
    const part = (where: string, value: unknown): Place => ({
      kind: 'durable history',
      where: `execution ${name}, ${where}`,
      text: JSON.stringify(value) ?? '',
    })
    return [
      part('input', payload),
      part('result', { result, error }),
      ...[...operations.values()].map(operation =>
        part(
          operation.Type === 'EXECUTION' ? 'input' : `${operation.Type} ${operation.Name ?? operation.Id}`,
          operation,
        ),
      ),
      part('history', events),
    ]
  })

/** Everything that anybody was shown, also what was edited or removed afterwards. Starts now. */
export const watchSlack = (slack: Pick<Slack, 'subscribe'>): (() => readonly Change[]) => {
  const changes: Change[] = []
  slack.subscribe(change => {
    if (!['channel', 'user', 'read'].includes(change.kind)) changes.push(change)
  })
  return () => changes
}

export const slackPlaces = ({ workspace, calls }: Slack, changes: readonly Change[]): readonly Place[] => {
  const place = (where: string, text: string | Buffer): Place => ({ kind: 'Slack', where, text })
  return [
    ...changes.map(change => place(whereOf(change), JSON.stringify(change))),
    ...calls.map(({ method, args }) => place(`arguments of ${method}`, JSON.stringify(args))),
    ...[...workspace.files.values()].flatMap(({ file, content }) => [
      place(`file ${file.name}`, content),
      place(`name of the file ${file.id}`, JSON.stringify(file)),
    ]),
  ]
}

const whereOf = (change: Change): string => {
  switch (change.kind) {
    case 'message':
      return `a message in ${change.message.channel}`
    case 'ephemeral':
      return `an ephemeral message to ${change.to}`
    case 'views':
      return `a modal of ${change.to}`
    case 'home':
      return `the App Home of ${change.to}`
    default:
      return `a change of kind ${change.kind}`
  }
}
