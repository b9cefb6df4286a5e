// IAM policy documents as plain data. The stacks deploy them, and the sandbox evaluates calls against them.

type Values = string | readonly string[]

export type Condition = Readonly<Record<string, Readonly<Record<string, Values>>>>

export type Statement = {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: Values
  readonly Resource: Values
  readonly Condition?: Condition
}

export type TrustStatement = Omit<Statement, 'Resource'> & {
  readonly Principal: { readonly AWS: Values } | { readonly Service: Values }
}

export type PolicyDocument<S extends Statement | TrustStatement = Statement> = {
  readonly Version: '2012-10-17'
  readonly Statement: readonly S[]
}

export type Role = {
  readonly name: string
  readonly trustPolicy: PolicyDocument<TrustStatement>
  readonly policies: readonly PolicyDocument[]
  /** The permissions boundary. It limits what all policies of the role together can allow. */
  readonly boundary?: PolicyDocument
  readonly maxSessionSeconds: number
}

export const allowing = (
  sid: string,
  action: Statement['Action'],
  resource: Statement['Resource'],
  condition?: Condition,
): Statement => ({
  Sid: sid,
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...(condition !== undefined && { Condition: condition }),
})

export const policy = <S extends Statement | TrustStatement>(...statements: readonly S[]): PolicyDocument<S> => ({
  Version: '2012-10-17',
  Statement: statements,
})
