// The bucket to which the audit is exported. Object Lock protects each object version: nobody, not even the account's root user,
// can remove it before its retention period ends.
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { auditBucketName, type Hub } from './names.ts'

/** The minimum number of days for which each record is kept. */
export const AUDIT_DAYS = 400

export const createAuditBucket = (scope: Construct, hub: Hub): Bucket => {
  const bucket = new Bucket(scope, 'AuditBucket', {
    bucketName: auditBucketName(hub),
    objectLockEnabled: true,
    objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(AUDIT_DAYS)),
    versioned: true,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Records are hashed in a chain and locked; who reads them is in CloudTrail’s data events where these are on.',
  })
  return bucket
}
