// Pure: what differs between two task definitions besides their images, or between two service revisions.

import type { DefinitionSetting, TaskDefinition } from '../../model/service-detail.ts'

/** `from` and `to` are absent where the values are not shown. */
export type Difference = { readonly what: string; readonly from?: string; readonly to?: string }

/** A task role or an execution role. */
export const isRole = ({ what }: Difference): boolean => what === 'task role' || what === 'execution role'

/** Settings that decide what containers reach and may do on their host. */
const POWERS =
  /^(network mode|pid mode|ipc mode|volumes|(privileged|user|linux parameters|docker security options|mount points)( of .*)?)$/

/** A network mode, or a capability of a container. */
export const isPower = ({ what }: Difference): boolean => POWERS.test(what.replace(/ \((added|removed)\)$/, ''))

type Compared = Pick<TaskDefinition, 'settings'>

/** Undefined where one of the two is not readable. */
export const differencesOf = (
  before: Compared | undefined,
  after: Compared | undefined,
): readonly Difference[] | undefined => {
  if (before === undefined || after === undefined) return undefined
  const [old, fresh] = [byName(before.settings), byName(after.settings)]
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap(what =>
    differenceOf(what, old.get(what), fresh.get(what)),
  )
}

const byName = (settings: readonly DefinitionSetting[]): ReadonlyMap<string, DefinitionSetting> =>
  new Map(settings.map(one => [one.container === undefined ? one.what : `${one.what} of ${one.container}`, one]))

const differenceOf = (
  what: string,
  before: DefinitionSetting | undefined,
  after: DefinitionSetting | undefined,
): readonly Difference[] => {
  if (before?.value === after?.value && before?.isHidden === after?.isHidden) return []
  if (before?.isHidden || after?.isHidden)
    return [{ what: before === undefined ? `${what} (added)` : after === undefined ? `${what} (removed)` : what }]
  return [{ what, from: before?.value ?? 'none', to: after?.value ?? 'none' }]
}
