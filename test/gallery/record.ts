// Records every message, dialog and App Home that stories show, with the test that made it, where GALLERY names a file.
import { appendFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Slack } from '../../sandbox/slack/slack.ts'
import type { Block, Change } from '../../sandbox/slack/types.ts'

export type Shown = {
  readonly kind: 'message' | 'only for one person' | 'dialog' | 'home'
  /** The test that made it. */
  readonly by: string
  readonly text: string
  readonly blocks: readonly Block[]
}

export const recordGallery = (slack: Pick<Slack, 'subscribe'>): void => {
  const file = process.env['GALLERY']
  if (file === undefined) return
  slack.subscribe(change => {
    const by = expect.getState().currentTestName ?? ''
    for (const one of shownIn(change)) appendFileSync(file, `${JSON.stringify({ ...one, by })}\n`)
  })
}

const shownIn = (change: Change): readonly Omit<Shown, 'by'>[] => {
  switch (change.kind) {
    case 'message': {
      const { bot_id, text, blocks = [] } = change.message
      return bot_id === undefined ? [] : [{ kind: 'message', text, blocks }]
    }
    case 'ephemeral':
      return [{ kind: 'only for one person', text: change.message.text, blocks: change.message.blocks ?? [] }]
    case 'views':
      return change.views.map(({ view }) => ({ kind: 'dialog', text: '', blocks: view.blocks }))
    case 'home':
      return [{ kind: 'home', text: '', blocks: change.view.blocks }]
    default:
      return []
  }
}
