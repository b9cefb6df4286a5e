// Checks whether IAM roles exist. Uses signed requests instead of an SDK client.
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import { createSignedPost, envOf } from '../../signed-request.ts'
import { lookForAll } from '../presence.ts'
import { readXml } from '../xml.ts'
import type { Sessions } from './sessions.ts'

/** The API version (IAM API reference). */
const VERSION = '2010-05-08'
/** The region for which requests to IAM, a global service, are signed (AWS general reference, IAM endpoints). */
const IAM_REGION = 'us-east-1'

/** Creates the check. A role of another account is reported as unread. */
export const createRoleSearch =
  (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv): Readers['rolesThere'] =>
  (ref, arns) =>
    lookForAll(arns, async arn => {
      if (arn.split(':')[4] !== ref.accountId) return undefined
      const post = createSignedPost('iam', envOf(env, IAM_REGION, await sessions.credentials(accountOf(config, ref))))
      sessions.count('GetRole')
      const form = new URLSearchParams({ Action: 'GetRole', Version: VERSION, RoleName: arn.split('/').at(-1) ?? '' })
      const reply = await post('/', form.toString(), { 'content-type': 'application/x-www-form-urlencoded' })
      if (reply.status === 200) return true
      return readXml(reply.text, 'Code') === 'NoSuchEntity' ? false : undefined
    })
