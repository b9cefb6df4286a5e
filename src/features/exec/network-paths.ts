// Pure: warns if a task's network may have no route to Session Manager. Source: ECS developer guide, ECS Exec,
// considerations.

const MESSAGES = 'ssmmessages'

/**
 * The names of VPC endpoints to look for: those that a network without internet access needs for ECS, and the one that
 * ECS Exec needs.
 */
export const WAYS: readonly string[] = ['ecs', 'ecs-agent', 'ecr.api', 'ecr.dkr', MESSAGES]

/**
 * A warning if the endpoint for ECS Exec is missing. `found`: the network's endpoints among WAYS; undefined if they are
 * not readable.
 */
export const missingEndpoint = (found: readonly string[] | undefined): string | undefined => {
  if (found === undefined || found.length === 0 || found.includes(MESSAGES)) return undefined
  const names = found.map(name => `\`${name}\``).join(', ')
  return `The task’s network has VPC endpoints for ${names}, but none for \`${MESSAGES}\`: without internet access, ECS Exec fails.`
}
