// The AWS managed policies of roles in the simulated world. Source: AWS managed policy reference. PowerUserAccess and
// IAMFullAccess are here without their statements about organizations and accounts.

const allowing = (statement: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', ...statement, Resource: '*' }],
})

export const MANAGED = {
  AdministratorAccess: allowing({ Action: '*' }),
  PowerUserAccess: allowing({ NotAction: ['iam:*', 'organizations:*', 'account:*'] }),
  IAMFullAccess: allowing({ Action: ['iam:*'] }),
} as const

export type ManagedPolicy = keyof typeof MANAGED
