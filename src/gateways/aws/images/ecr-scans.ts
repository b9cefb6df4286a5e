// Reads the findings of ECR image scans by image digest.
import {
  DescribeImageScanFindingsCommand,
  type DescribeImageScanFindingsCommandOutput,
  ECRClient,
} from '@aws-sdk/client-ecr'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { ImageScan, ScannedFault } from '../../../features/checks/posture.ts'
import { ECR_IMAGE } from '../../../model/ecr.ts'
import { pages } from '../ecs/pages.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'

/** The page size: at most 1,000 (ECR API reference, DescribeImageScanFindings). */
const PAGE = 1_000

export const createScanReader = ({ accounts }: Config, sessions: Sessions): Readers['imageScan'] => {
  const clientFor = sessions.each(settings => new ECRClient(settings))
  return async ({ image, digest }) => {
    const [, registry, region, repositoryName] = ECR_IMAGE.exec(image) ?? []
    if (region === undefined) return { kind: 'unscanned', why: 'it is not in Amazon ECR' }
    const account = accounts.find(({ id }) => id === registry)
    if (account === undefined) return { kind: 'unscanned', why: 'its registry’s account is not in quarterdeck.yaml' }
    return askAws(`reading the scan of ${repositoryName}`, async () => {
      const client = await clientFor(account, region)
      try {
        const imageId = { imageDigest: digest }
        return readScan(
          await pages(async nextToken => {
            const answer = await client.send(
              new DescribeImageScanFindingsCommand({
                repositoryName,
                imageId,
                maxResults: PAGE,
                ...(nextToken !== undefined && { nextToken }),
              }),
            )
            return { items: [answer], next: answer.nextToken }
          }),
        )
      } catch (error) {
        if (error instanceof Error && error.name === 'ScanNotFoundException')
          return { kind: 'unscanned', why: 'it was never scanned' }
        if (error instanceof Error && error.name === 'ImageNotFoundException')
          return { kind: 'unscanned', why: 'it is no longer in the repository' }
        throw error
      }
    })
  }
}

const WHY: Readonly<Record<string, string>> = {
  FAILED: 'its scan failed',
  FINDINGS_UNAVAILABLE: 'its image type has no findings',
  IMAGE_ARCHIVED: 'it is archived',
  IN_PROGRESS: 'its scan is not finished',
  LIMIT_EXCEEDED: 'the scan limit was exceeded',
  PENDING: 'its scan has not started',
  SCAN_ELIGIBILITY_EXPIRED: 'it is too old to be scanned',
  UNSUPPORTED_IMAGE: 'its image type cannot be scanned',
}

/** Combines the pages of a scan. The severity counts on each page are those of all findings, so the first page has them. */
const readScan = (read: readonly DescribeImageScanFindingsCommandOutput[]): ImageScan => {
  const [first] = read
  const status = first?.imageScanStatus?.status ?? 'COMPLETE'
  if (first?.imageScanFindings === undefined || !['COMPLETE', 'ACTIVE'].includes(status))
    return {
      kind: 'unscanned',
      why: WHY[status] ?? (status ? `its scan is ${status}` : 'the state of its scan is unknown'),
    }
  const { findingSeverityCounts: counts = {} } = first.imageScanFindings
  const findings = read.flatMap(page => page.imageScanFindings?.findings ?? [])
  const enhancedFindings = read.flatMap(page => page.imageScanFindings?.enhancedFindings ?? [])
  const faults: readonly ScannedFault[] = [
    ...findings.map(({ name: id = '', severity = '' }) => ({ id, severity })),
    ...enhancedFindings.map(({ title = '', severity = '', packageVulnerabilityDetails, ...more }) => ({
      id: packageVulnerabilityDetails?.vulnerabilityId ?? title,
      severity,
      hasFix: more.fixAvailable === 'YES' || more.fixAvailable === 'PARTIAL',
      hasExploit: more.exploitAvailable === 'YES',
    })),
  ]
  return { kind: 'scanned', critical: counts.CRITICAL ?? 0, high: counts.HIGH ?? 0, faults }
}
