#include "emulator/services/iam/aws_managed.hpp"

namespace squall::services::iam {
namespace {

constexpr std::string_view all_of_everything =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";

constexpr std::string_view read_only =
    R"({"Version":"2012-10-17","Statement":[{"Sid":"ReadOnlyActions","Effect":"Allow","Action":[)"
    R"("autoscaling:Describe*","autoscaling:Get*","cloudwatch:Describe*","cloudwatch:Get*","cloudwatch:List*",)"
    R"("dynamodb:BatchGet*","dynamodb:Describe*","dynamodb:Get*","dynamodb:List*","dynamodb:PartiQLSelect",)"
    R"("dynamodb:Query","dynamodb:Scan","ec2:Describe*","ec2:Get*","ec2:List*","ec2:SearchLocalGatewayRoutes",)"
    R"("ec2:SearchTransitGatewayRoutes","elasticloadbalancing:Describe*","fis:Get*","fis:List*",)"
    R"("iam:Generate*","iam:Get*","iam:List*","iam:Simulate*","kms:Describe*","kms:Get*","kms:List*",)"
    R"("logs:Describe*","logs:FilterLogEvents","logs:Get*","logs:List*","logs:StartQuery","logs:StopQuery",)"
    R"("route53:Get*","route53:List*","route53:Test*","s3:DescribeJob","s3:Get*","s3:List*","scheduler:Get*",)"
    R"("scheduler:List*","secretsmanager:Describe*","secretsmanager:GetResourcePolicy","secretsmanager:List*",)"
    R"("ssm:Describe*","ssm:Get*","ssm:List*","sts:GetAccessKeyInfo","sts:GetCallerIdentity",)"
    R"("sts:GetSessionToken"],"Resource":"*"}]})";

constexpr std::string_view ssm_core =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssm:DescribeAssociation",)"
    R"("ssm:GetDeployablePatchSnapshotForInstance","ssm:GetDocument","ssm:DescribeDocument","ssm:GetManifest",)"
    R"("ssm:GetParameter","ssm:GetParameters","ssm:ListAssociations","ssm:ListInstanceAssociations",)"
    R"("ssm:PutInventory","ssm:PutComplianceItems","ssm:PutConfigurePackageResult",)"
    R"("ssm:UpdateAssociationStatus","ssm:UpdateInstanceAssociationStatus","ssm:UpdateInstanceInformation"],)"
    R"("Resource":"*"},{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel",)"
    R"("ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],)"
    R"("Resource":"*"},{"Effect":"Allow","Action":["ec2messages:AcknowledgeMessage","ec2messages:DeleteMessage",)"
    R"("ec2messages:FailMessage","ec2messages:GetEndpoint","ec2messages:GetMessages","ec2messages:SendReply"],)"
    R"("Resource":"*"}]})";

constexpr std::string_view cloudwatch_agent =
    R"({"Version":"2012-10-17","Statement":[{"Sid":"CWACloudWatchServerPermissions","Effect":"Allow","Action":[)"
    R"("cloudwatch:PutMetricData","ec2:DescribeVolumes","ec2:DescribeTags","logs:PutLogEvents",)"
    R"("logs:PutRetentionPolicy","logs:DescribeLogStreams","logs:DescribeLogGroups","logs:CreateLogStream",)"
    R"("logs:CreateLogGroup","xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules",)"
    R"("xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"],"Resource":"*"},)"
    R"({"Sid":"CWASSMServerPermissions","Effect":"Allow","Action":["ssm:GetParameter"],)"
    R"("Resource":"arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"}]})";

constexpr std::string_view s3_full =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],)"
    R"("Resource":"*"}]})";
constexpr std::string_view s3_read =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*",)"
    R"("s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}]})";
constexpr std::string_view iam_full =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*",)"
    R"("organizations:DescribeAccount","organizations:DescribeOrganization",)"
    R"("organizations:DescribeOrganizationalUnit","organizations:DescribePolicy","organizations:ListChildren",)"
    R"("organizations:ListParents","organizations:ListPoliciesForTarget","organizations:ListRoots",)"
    R"("organizations:ListPolicies","organizations:ListTargetsForPolicy"],"Resource":"*"}]})";
constexpr std::string_view power_user =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*",)"
    R"("account:*"],"Resource":"*"},{"Effect":"Allow","Action":["account:GetAccountInformation",)"
    R"("account:GetPrimaryEmail","account:ListRegions","iam:CreateServiceLinkedRole",)"
    R"("iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeOrganization"],"Resource":"*"}]})";
constexpr std::string_view secrets_read_write =
    R"({"Version":"2012-10-17","Statement":[{"Sid":"BasePermissions","Effect":"Allow","Action":[)"
    R"("secretsmanager:*","cloudformation:CreateChangeSet","cloudformation:DescribeChangeSet",)"
    R"("cloudformation:DescribeStackResource","cloudformation:DescribeStacks",)"
    R"("cloudformation:ExecuteChangeSet","docdb-elastic:GetCluster","docdb-elastic:ListClusters",)"
    R"("ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVpcs","kms:DescribeKey",)"
    R"("kms:ListAliases","kms:ListKeys","lambda:ListFunctions","rds:DescribeDBClusters",)"
    R"("rds:DescribeDBInstances","redshift:DescribeClusters","tag:GetResources"],"Resource":"*"}]})";
constexpr std::string_view ec2_read =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:Describe*",)"
    R"("ec2:GetSecurityGroupsForVpc"],"Resource":"*"},{"Effect":"Allow",)"
    R"("Action":"elasticloadbalancing:Describe*","Resource":"*"},{"Effect":"Allow","Action":[)"
    R"("cloudwatch:ListMetrics","cloudwatch:GetMetricStatistics","cloudwatch:Describe*"],"Resource":"*"},)"
    R"({"Effect":"Allow","Action":"autoscaling:Describe*","Resource":"*"}]})";
constexpr std::string_view dynamodb_full =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:*","dax:*"],"Resource":"*"}]})";

constexpr ManagedPolicy policies[] = {
    {"AdministratorAccess", "/", "ANPAIWMBCKSKIEE64ZLYK",
     "Provides full access to AWS services and resources.", all_of_everything},
    {"ReadOnlyAccess", "/", "ANPAILL3HVNFSB6DCOWYQ",
     "Provides read-only access to AWS services and resources.", read_only},
    {"PowerUserAccess", "/", "ANPAJYRXTHIB4FOVS3ZXS",
     "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
     power_user},
    {"AmazonSSMManagedInstanceCore", "/", "ANPAIXSHM2BNB2D3AXXRU",
     "The policy for Amazon EC2 Role to enable AWS Systems Manager service core functionality.", ssm_core},
    {"CloudWatchAgentServerPolicy", "/", "ANPAIGKQD6K2YAF4LO4RK",
     "Permissions required to use AmazonCloudWatchAgent on servers", cloudwatch_agent},
    {"AmazonS3FullAccess", "/", "ANPAIFIR6V6BVTRAHWINE",
     "Provides full access to all buckets via the AWS Management Console.", s3_full},
    {"AmazonS3ReadOnlyAccess", "/", "ANPAIZTJ4DXE7G6AGAE6M",
     "Provides read only access to all buckets via the AWS Management Console.", s3_read},
    {"IAMFullAccess", "/", "ANPAI7XKCFMBPM3QQRRVQ",
     "Provides full access to IAM via the AWS Management Console.", iam_full},
    {"SecretsManagerReadWrite", "/", "ANPAI3VG7CI5BIQZQ6G2E",
     "Provides read/write access to AWS Secrets Manager via the AWS Management Console.", secrets_read_write},
    {"AmazonEC2ReadOnlyAccess", "/", "ANPAIGDT4SV4GSETWTBZK",
     "Provides read only access to Amazon EC2 via the AWS Management Console.", ec2_read},
    {"AmazonDynamoDBFullAccess", "/", "ANPAINUGF2JSOSUY76KYA",
     "Provides full access to Amazon DynamoDB via the AWS Management Console.", dynamodb_full},
};

}  // namespace

std::span<const ManagedPolicy> aws_managed_policies() { return policies; }

}  // namespace squall::services::iam
