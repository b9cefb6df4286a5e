// Records which permissions the roles used, with RECORD_CALLS=<file>: `npm run permissions` makes the proof's table of them.
import { appendFile } from 'node:fs/promises'
import type { Aws } from '../../sandbox/aws/aws.ts'
import type { Check } from '../../sandbox/aws/iam/evaluate.ts'
import type { Caller } from '../../sandbox/aws/wire/service.ts'
import { kindOf, type UsedPermission } from './used-permission.ts'

/** Returns the function that writes what was recorded, a line each, to the end of the file. */
export const recordCalls = ({ iamHooks }: Pick<Aws, 'iamHooks'>): (() => Promise<void>) => {
  const file = process.env['RECORD_CALLS']
  if (file === undefined) return async () => {}
  const used = new Map<string, UsedPermission>()
  iamHooks.onAllowed = (caller: Caller, { action, resource, context }: Check) => {
    const role = /:role\/(quarterdeck-[a-z]+)$/.exec(caller.roleArn ?? '')?.[1]
    if (role === undefined) return
    const { sessionPolicy: session } = caller
    const one = { role, action, resource, context, ...(session !== undefined && { session }) }
    if (!used.has(kindOf(one))) used.set(kindOf(one), one)
  }
  return async () => {
    const lines = [...used.values()].map(one => `${JSON.stringify(one)}\n`)
    used.clear()
    if (lines.length > 0) await appendFile(file, lines.join(''))
  }
}
