// /ecs digest list: lists the digests, when each is due, and how the last one ended.

import { type ListedDigest, loadDigests } from '../../features/digests/load-digests.ts'
import { renderDigests } from '../../features/digests/render-list.ts'
import { query } from '../command.ts'

export const listDigests = query({
  name: 'digest list',
  summary: 'List the digests, when each is due, and how the last one ended',
  args: {},
  options: {},
  examples: ['digest list'],
  reads: [],
  load: (_values, _read, asker) => loadDigests(asker),
  render: (digests: readonly ListedDigest[]) => renderDigests(digests),
})
