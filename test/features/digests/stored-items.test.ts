// What a digest tells of emergencies: the command, without its reason.

import { expect, test } from 'vitest'
import type { AuditRecord } from '../../../src/engine/audit/audit.ts'
import { emergencyItems } from '../../../src/features/digests/stored-items.ts'
import { printWord } from '../../../src/kit/language/tokenise.ts'
import type { ServiceRef } from '../../../src/model/ecs.ts'

const REF: ServiceRef = {
  ...{ account: 'prod', accountId: '111122223333', region: 'us-east-1', cluster: 'web', service: 'orders-api' },
  arn: 'arn:aws:ecs:us-east-1:111122223333:service/web/orders-api',
}

test.each(['plain', 'it said "out of disk" again', 'disk -- full now', 'back\\slash "', 'two words --for 4h'])(
  'the reason %s of an emergency is left out',
  reason => {
    const record = {
      ...{ kind: 'intent', isBreakGlass: true, operation: 'op', at: '2026-12-01T00:00:00Z', target: REF.arn },
      ...{
        actor: { team: 'T', user: 'U', name: 'Ann' },
        invocation: `restart orders-api --reason ${printWord(reason)} --break-glass`,
      },
    } as unknown as AuditRecord
    const [item] = emergencyItems({ records: [record], refOf: () => REF }, () => true)
    expect(item?.line).toContain('Ann ran `restart orders-api --break-glass` without approval')
  },
)
