// A permission that a role used in a test, as the proof of permissions reads it.
import type { Check } from '../../sandbox/aws/iam/evaluate.ts'

/** One permission that a role used: the first of its kind, as it was asked for. */
export type UsedPermission = Check & {
  /** `quarterdeck-operator` */
  readonly role: string
  /** The session policy of the call, where its plan made one. */
  readonly session?: unknown
}

/** The same action on the same kind of resource with the same condition keys is recorded once. */
export const kindOf = ({ role, action, resource, context, session }: UsedPermission): string =>
  [
    role,
    action,
    resource.split(':').slice(5).join(':').split('/')[0],
    session === undefined ? 'role' : 'session',
    ...Object.keys(context)
      .filter(key => !/^aws:(ResourceTag|PrincipalTag)\//.test(key))
      .toSorted(),
  ].join(' ')
