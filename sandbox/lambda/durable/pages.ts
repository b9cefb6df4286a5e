// Splits the state of an execution into pages. The event of an invocation contains the first page; GetDurableExecutionState
// returns the other pages. The state has no operations of a context that has finished, unless the context replays them.
import type { TrackedOperation } from './execution.ts'
import { invalid } from './state-machine.ts'
import { onWire, type Time } from './wire.ts'

export type PageSize = { readonly items: number; readonly bytes: number }
export type Page = { readonly Operations: readonly object[]; readonly NextMarker?: string }

type Marker = { readonly after?: string; readonly isRepeated?: true }

type Ask = {
  readonly operations: ReadonlyMap<string, TrackedOperation>
  readonly marker?: string | undefined
  readonly size: PageSize
  readonly time: Time
  /** Whether each page is sent twice. */
  readonly twice: boolean
}

export const visible = (operations: ReadonlyMap<string, TrackedOperation>): readonly TrackedOperation[] => {
  const hidden = new Set<string>()
  return [...operations.values()].filter(({ Id, ParentId }) => {
    const parent = ParentId === undefined ? undefined : operations.get(ParentId)
    const isOver = parent?.Status === 'SUCCEEDED' || parent?.Status === 'FAILED'
    if (parent === undefined || !(hidden.has(parent.Id) || (isOver && !parent.ContextDetails?.ReplayChildren)))
      return true
    hidden.add(Id)
    return false
  })
}

export const pageOf = ({ operations, marker, size, time, twice }: Ask): Page => {
  const { after, isRepeated } = read(marker)
  const rest = following(operations, after)
  const page = fill(rest, size, time)
  const last = rest[page.length - 1]
  const hasMore = page.length < rest.length
  const next: Marker | undefined =
    twice && !isRepeated
      ? { ...(after !== undefined && { after }), isRepeated: true }
      : hasMore && last
        ? { after: last.Id }
        : undefined
  return { Operations: page, ...(next !== undefined && { NextMarker: write(next) }) }
}

/** The operations that started after the operation `after`, in start order. `after` itself may be hidden since the last page. */
const following = (
  operations: ReadonlyMap<string, TrackedOperation>,
  after: string | undefined,
): readonly TrackedOperation[] => {
  if (after === undefined) return visible(operations)
  const order = [...operations.keys()]
  const from = order.indexOf(after)
  if (from < 0) throw invalid('Invalid Marker')
  const later = new Set(order.slice(from + 1))
  return visible(operations).filter(({ Id }) => later.has(Id))
}

const fill = (operations: readonly TrackedOperation[], { items, bytes }: PageSize, time: Time): readonly object[] => {
  const page: object[] = []
  let size = 0
  for (const operation of operations) {
    const written = onWire(operation, time)
    size += Buffer.byteLength(JSON.stringify(written))
    if (page.length === items || (page.length > 0 && size > bytes)) break
    page.push(written)
  }
  return page
}

const write = (marker: Marker): string => Buffer.from(JSON.stringify(marker)).toString('base64')

const read = (marker: string | undefined): Marker => {
  if (marker === undefined || marker === '') return {}
  try {
    return JSON.parse(Buffer.from(marker, 'base64').toString('utf8')) as Marker
  } catch {
    throw invalid('Invalid Marker')
  }
}
