// Every service that the CLI knows, and the operations of the smaller ones.
// Words of the command line, in the order in which awscli 2.9.19 lists them: facts of its interface, so that
// a word that AWS knows and Squall does not is told from one that nobody knows.
#include "harness/guest/aws/known_words.hpp"

namespace squall::guest::aws {
namespace {

constexpr char commands[] =
    "accessanalyzer account acm acm-pca alexaforbusiness amp amplify amplifybackend amplifyuibuilder "
    "apigateway apigatewaymanagementapi apigatewayv2 appconfig appconfigdata appflow appintegrations "
    "application-autoscaling application-insights applicationcostprofiler appmesh apprunner appstream "
    "appsync arc-zonal-shift athena auditmanager autoscaling autoscaling-plans backup backup-gateway "
    "backupstorage batch billingconductor braket budgets ce chime chime-sdk-identity "
    "chime-sdk-media-pipelines chime-sdk-meetings chime-sdk-messaging chime-sdk-voice cleanrooms cloud9 "
    "cloudcontrol clouddirectory cloudformation cloudfront cloudhsm cloudhsmv2 cloudsearch "
    "cloudsearchdomain cloudtrail cloudwatch codeartifact codebuild codecatalyst codecommit "
    "codeguru-reviewer codeguruprofiler codepipeline codestar codestar-connections codestar-notifications "
    "cognito-identity cognito-idp cognito-sync comprehend comprehendmedical compute-optimizer connect "
    "connect-contact-lens connectcampaigns connectcases connectparticipant controltower cur "
    "customer-profiles databrew dataexchange datapipeline datasync dax detective devicefarm devops-guru "
    "directconnect discovery dlm dms docdb docdb-elastic drs ds dynamodb dynamodbstreams ebs ec2 "
    "ec2-instance-connect ecr ecr-public ecs efs eks elastic-inference elasticache elasticbeanstalk "
    "elastictranscoder elb elbv2 emr emr-containers emr-serverless es events evidently finspace "
    "finspace-data firehose fis fms forecast forecastquery frauddetector fsx gamelift gamesparks glacier "
    "globalaccelerator glue grafana greengrass greengrassv2 groundstation guardduty health healthlake "
    "honeycode iam identitystore imagebuilder importexport inspector inspector2 iot iot-data "
    "iot-jobs-data iot-roborunner iot1click-devices iot1click-projects iotanalytics iotdeviceadvisor "
    "iotevents iotevents-data iotfleethub iotfleetwise iotsecuretunneling iotsitewise iotthingsgraph "
    "iottwinmaker iotwireless ivs ivschat kafka kafkaconnect kendra kendra-ranking keyspaces kinesis "
    "kinesis-video-archived-media kinesis-video-media kinesis-video-signaling "
    "kinesis-video-webrtc-storage kinesisanalytics kinesisanalyticsv2 kinesisvideo kms lakeformation "
    "lambda lex-models lex-runtime lexv2-models lexv2-runtime license-manager "
    "license-manager-linux-subscriptions license-manager-user-subscriptions lightsail location logs "
    "lookoutequipment lookoutmetrics lookoutvision m2 machinelearning macie macie2 managedblockchain "
    "marketplace-catalog marketplace-entitlement marketplacecommerceanalytics mediaconnect mediaconvert "
    "medialive mediapackage mediapackage-vod mediastore mediastore-data mediatailor memorydb "
    "meteringmarketplace mgh mgn migration-hub-refactor-spaces migrationhub-config "
    "migrationhuborchestrator migrationhubstrategy mobile mq mturk mwaa neptune network-firewall "
    "networkmanager nimble oam omics opensearch opensearchserverless opsworks opsworkscm organizations "
    "outposts panorama personalize personalize-events personalize-runtime pi pinpoint pinpoint-email "
    "pinpoint-sms-voice pinpoint-sms-voice-v2 pipes polly pricing privatenetworks proton qldb "
    "qldb-session quicksight ram rbin rds rds-data redshift redshift-data redshift-serverless rekognition "
    "resiliencehub resource-explorer-2 resource-groups resourcegroupstaggingapi robomaker rolesanywhere "
    "route53 route53-recovery-cluster route53-recovery-control-config route53-recovery-readiness "
    "route53domains route53resolver rum s3control s3outposts sagemaker sagemaker-a2i-runtime "
    "sagemaker-edge sagemaker-featurestore-runtime sagemaker-geospatial sagemaker-metrics "
    "sagemaker-runtime savingsplans scheduler schemas sdb secretsmanager securityhub securitylake "
    "serverlessrepo service-quotas servicecatalog servicecatalog-appregistry servicediscovery ses sesv2 "
    "shield signer simspaceweaver sms snow-device-management snowball sns sqs ssm ssm-contacts "
    "ssm-incidents ssm-sap sso sso-admin sso-oidc stepfunctions storagegateway sts support support-app "
    "swf synthetics textract timestream-query timestream-write transcribe transfer translate voice-id waf "
    "waf-regional wafv2 wellarchitected wisdom workdocs worklink workmail workmailmessageflow workspaces "
    "workspaces-web xray s3api s3 ddb configure deploy configservice opsworks-cm history cli-dev";

constexpr char iam[] =
    "add-client-id-to-open-id-connect-provider add-role-to-instance-profile add-user-to-group "
    "attach-group-policy attach-role-policy attach-user-policy change-password create-access-key "
    "create-account-alias create-group create-instance-profile create-login-profile "
    "create-open-id-connect-provider create-policy create-policy-version create-role create-saml-provider "
    "create-service-linked-role create-service-specific-credential create-user create-virtual-mfa-device "
    "deactivate-mfa-device delete-access-key delete-account-alias delete-account-password-policy "
    "delete-group delete-group-policy delete-instance-profile delete-login-profile "
    "delete-open-id-connect-provider delete-policy delete-policy-version delete-role "
    "delete-role-permissions-boundary delete-role-policy delete-saml-provider delete-ssh-public-key "
    "delete-server-certificate delete-service-linked-role delete-service-specific-credential "
    "delete-signing-certificate delete-user delete-user-permissions-boundary delete-user-policy "
    "delete-virtual-mfa-device detach-group-policy detach-role-policy detach-user-policy "
    "enable-mfa-device generate-credential-report generate-organizations-access-report "
    "generate-service-last-accessed-details get-access-key-last-used get-account-authorization-details "
    "get-account-password-policy get-account-summary get-context-keys-for-custom-policy "
    "get-context-keys-for-principal-policy get-credential-report get-group get-group-policy "
    "get-instance-profile get-login-profile get-open-id-connect-provider get-organizations-access-report "
    "get-policy get-policy-version get-role get-role-policy get-saml-provider get-ssh-public-key "
    "get-server-certificate get-service-last-accessed-details "
    "get-service-last-accessed-details-with-entities get-service-linked-role-deletion-status get-user "
    "get-user-policy list-access-keys list-account-aliases list-attached-group-policies "
    "list-attached-role-policies list-attached-user-policies list-entities-for-policy list-group-policies "
    "list-groups list-groups-for-user list-instance-profile-tags list-instance-profiles "
    "list-instance-profiles-for-role list-mfa-device-tags list-mfa-devices "
    "list-open-id-connect-provider-tags list-open-id-connect-providers list-policies "
    "list-policies-granting-service-access list-policy-tags list-policy-versions list-role-policies "
    "list-role-tags list-roles list-saml-provider-tags list-saml-providers list-ssh-public-keys "
    "list-server-certificate-tags list-server-certificates list-service-specific-credentials "
    "list-signing-certificates list-user-policies list-user-tags list-users list-virtual-mfa-devices "
    "put-group-policy put-role-permissions-boundary put-role-policy put-user-permissions-boundary "
    "put-user-policy remove-client-id-from-open-id-connect-provider remove-role-from-instance-profile "
    "remove-user-from-group reset-service-specific-credential resync-mfa-device "
    "set-default-policy-version set-security-token-service-preferences simulate-custom-policy "
    "simulate-principal-policy tag-instance-profile tag-mfa-device tag-open-id-connect-provider "
    "tag-policy tag-role tag-saml-provider tag-server-certificate tag-user untag-instance-profile "
    "untag-mfa-device untag-open-id-connect-provider untag-policy untag-role untag-saml-provider "
    "untag-server-certificate untag-user update-access-key update-account-password-policy "
    "update-assume-role-policy update-group update-login-profile "
    "update-open-id-connect-provider-thumbprint update-role update-role-description update-saml-provider "
    "update-ssh-public-key update-server-certificate update-service-specific-credential "
    "update-signing-certificate update-user upload-ssh-public-key upload-server-certificate "
    "upload-signing-certificate wizard wait";

constexpr char kms[] =
    "cancel-key-deletion connect-custom-key-store create-alias create-custom-key-store create-grant "
    "create-key decrypt delete-alias delete-custom-key-store delete-imported-key-material "
    "describe-custom-key-stores describe-key disable-key disable-key-rotation disconnect-custom-key-store "
    "enable-key enable-key-rotation encrypt generate-data-key generate-data-key-pair "
    "generate-data-key-pair-without-plaintext generate-data-key-without-plaintext generate-mac "
    "generate-random get-key-policy get-key-rotation-status get-parameters-for-import get-public-key "
    "import-key-material list-aliases list-grants list-key-policies list-keys list-resource-tags "
    "list-retirable-grants put-key-policy re-encrypt replicate-key retire-grant revoke-grant "
    "schedule-key-deletion sign tag-resource untag-resource update-alias update-custom-key-store "
    "update-key-description update-primary-region verify verify-mac";

constexpr char ssm[] =
    "add-tags-to-resource associate-ops-item-related-item cancel-command "
    "cancel-maintenance-window-execution create-activation create-association create-association-batch "
    "create-document create-maintenance-window create-ops-item create-ops-metadata create-patch-baseline "
    "create-resource-data-sync delete-activation delete-association delete-document delete-inventory "
    "delete-maintenance-window delete-ops-metadata delete-parameter delete-parameters "
    "delete-patch-baseline delete-resource-data-sync delete-resource-policy deregister-managed-instance "
    "deregister-patch-baseline-for-patch-group deregister-target-from-maintenance-window "
    "deregister-task-from-maintenance-window describe-activations describe-association "
    "describe-association-execution-targets describe-association-executions "
    "describe-automation-executions describe-automation-step-executions describe-available-patches "
    "describe-document describe-document-permission describe-effective-instance-associations "
    "describe-effective-patches-for-patch-baseline describe-instance-associations-status "
    "describe-instance-information describe-instance-patch-states "
    "describe-instance-patch-states-for-patch-group describe-instance-patches "
    "describe-inventory-deletions describe-maintenance-window-execution-task-invocations "
    "describe-maintenance-window-execution-tasks describe-maintenance-window-executions "
    "describe-maintenance-window-schedule describe-maintenance-window-targets "
    "describe-maintenance-window-tasks describe-maintenance-windows "
    "describe-maintenance-windows-for-target describe-ops-items describe-parameters "
    "describe-patch-baselines describe-patch-group-state describe-patch-groups describe-patch-properties "
    "describe-sessions disassociate-ops-item-related-item get-automation-execution get-calendar-state "
    "get-command-invocation get-connection-status get-default-patch-baseline "
    "get-deployable-patch-snapshot-for-instance get-document get-inventory get-inventory-schema "
    "get-maintenance-window get-maintenance-window-execution get-maintenance-window-execution-task "
    "get-maintenance-window-execution-task-invocation get-maintenance-window-task get-ops-item "
    "get-ops-metadata get-ops-summary get-parameter get-parameter-history get-parameters "
    "get-parameters-by-path get-patch-baseline get-patch-baseline-for-patch-group get-resource-policies "
    "get-service-setting label-parameter-version list-association-versions list-associations "
    "list-command-invocations list-commands list-compliance-items list-compliance-summaries "
    "list-document-metadata-history list-document-versions list-documents list-inventory-entries "
    "list-ops-item-events list-ops-item-related-items list-ops-metadata "
    "list-resource-compliance-summaries list-resource-data-sync list-tags-for-resource "
    "modify-document-permission put-compliance-items put-inventory put-parameter put-resource-policy "
    "register-default-patch-baseline register-patch-baseline-for-patch-group "
    "register-target-with-maintenance-window register-task-with-maintenance-window "
    "remove-tags-from-resource reset-service-setting resume-session send-automation-signal send-command "
    "start-associations-once start-automation-execution start-change-request-execution start-session "
    "stop-automation-execution terminate-session unlabel-parameter-version update-association "
    "update-association-status update-document update-document-default-version update-document-metadata "
    "update-maintenance-window update-maintenance-window-target update-maintenance-window-task "
    "update-managed-instance-role update-ops-item update-ops-metadata update-patch-baseline "
    "update-resource-data-sync update-service-setting wait";

constexpr char sts[] =
    "assume-role assume-role-with-saml assume-role-with-web-identity decode-authorization-message "
    "get-access-key-info get-caller-identity get-federation-token get-session-token";

}  // namespace

std::string_view known_commands() { return commands; }

std::string_view known_operations(std::string_view service) {
  if (service == "ec2") return known_ec2_operations();
  if (service == "iam") return iam;
  if (service == "kms") return kms;
  if (service == "ssm") return ssm;
  if (service == "sts") return sts;
  return {};
}

std::string_view known_waiters(std::string_view service) {
  if (service == "ec2") return known_ec2_waiters();
  if (service == "iam") return "instance-profile-exists policy-exists role-exists user-exists";
  if (service == "ssm") return "command-executed";
  return {};
}

}  // namespace squall::guest::aws
