"""Refusals as AWS worded them where its users quoted them; each names the thread or page."""
import json

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

TEXTS = "s are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"


def clients(server):
    settings = Config(parameter_validation=False, retries={"max_attempts": 0})
    return {name: server.client(name, config=settings) for name in ("ec2", "iam", "kms", "sts")}


@pytest.fixture
def aws(squall):
    return clients(squall)


def said(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return f'{error["Code"]}: {error["Message"]}'


def key_policy(principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}]})


def trust(principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


@pytest.mark.parametrize("operation, arguments", [
    ("create_alias", {"TargetKeyId": "00000000-0000-4000-8000-000000000000"}),
    ("update_alias", {"TargetKeyId": "00000000-0000-4000-8000-000000000000"}),
    ("delete_alias", {}),
])
def test_aliases_without_their_prefix(aws, operation, arguments):  # aws-controllers-k8s/community#1878
    assert said(getattr(aws["kms"], operation), AliasName="vault", **arguments) == (
        'ValidationException: Alias must start with the prefix "alias/". Please see '
        "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")


@pytest.mark.parametrize("days", [1, 6, 31])
def test_deletion_windows(aws, days):  # Skyscanner/kms-issuer#8
    key = aws["kms"].create_key()["KeyMetadata"]["KeyId"]
    assert said(aws["kms"].schedule_key_deletion, KeyId=key, PendingWindowInDays=days) == \
        "ValidationException: PendingWindowInDays must be between 7 and 30"


def test_key_policies_name_those_who_exist(aws):  # repost.aws/knowledge-center/kms-policy-error-invalid-principals
    invalid = "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals."
    user = "arn:aws:iam::000000000000:user/key-owner"
    for nobody in (user, "arn:aws:iam::000000000000:role/none", "AIDACKCEVSQ6C2EXAMPLE", "nobody"):
        assert said(aws["kms"].create_key, Policy=key_policy(nobody)) == invalid
    made = aws["iam"].create_user(UserName="key-owner")["User"]
    key = aws["kms"].create_key(Policy=key_policy([user, made["UserId"]]))["KeyMetadata"]["KeyId"]
    assert said(aws["kms"].put_key_policy, KeyId=key, PolicyName="default", Policy=key_policy(user + "s")) == invalid
    for believed in ("000000000000", "arn:aws:iam::000000000000:root", "arn:aws:iam::111122223333:role/theirs", "*"):
        aws["kms"].create_key(Policy=key_policy(believed))


def test_tags_of_a_new_key_need_their_own_permission(serve):  # LeanerCloud/CUDly#1670
    strict = serve("--auth", "strict")
    strict.client("iam").create_user(UserName="u")
    strict.client("iam").put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:CreateKey", "Resource": "*"}]}))
    key = strict.client("iam").create_access_key(UserName="u")["AccessKey"]
    kms = strict.client("kms", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    kms.create_key()
    assert said(kms.create_key, Tags=[{"TagKey": "a", "TagValue": "b"}]) == (
        "AccessDeniedException: User: arn:aws:iam::000000000000:user/u is not authorized to perform: kms:TagResource "
        "because no identity-based policy allows the kms:TagResource action")


@pytest.mark.parametrize("principal, message", [
    ({"Service": "ec2"}, 'Invalid principal in policy: "SERVICE":"ec2"'),
    ({"AWS": "AROACKCEVSQ6C2EXAMPLE"}, 'Invalid principal in policy: "AWS":"AROACKCEVSQ6C2EXAMPLE"'),
    # terraform-aws-modules/terraform-aws-eks#2594
    ({"Federated": "provider"}, "Federated principals must be valid domain names or SAML metadata ARNs"),
])
def test_whom_a_role_may_trust(aws, principal, message):
    assert said(aws["iam"].create_role, RoleName="trusting", AssumeRolePolicyDocument=trust(principal)) == \
        "MalformedPolicyDocument: " + message


def test_session_policies_that_do_not_fit(aws):  # aws/containers-roadmap#2413 has the sentence for tags
    role = aws["iam"].create_role(RoleName="r", AssumeRolePolicyDocument=trust({"AWS": "000000000000"}))["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::" + "b" * 37] * 60}]}, separators=(",", ":"))
    assert said(aws["sts"].assume_role, RoleArn=role, RoleSessionName="session", Policy=policy) == (
        f"PackedPolicyTooLarge: Packed policy consumes {len(policy) * 100 // 2048}% of allotted space, "
        "please use smaller policy.")
    tags = [{"Key": f"{number:0100}", "Value": "v" * 100} for number in range(11)]
    assert said(aws["sts"].assume_role, RoleArn=role, RoleSessionName="session", Tags=tags) == (
        "PackedPolicyTooLarge: Packed policy consumes 107% of allotted space, please use smaller policy.")
    assert said(aws["sts"].assume_role, RoleArn=role, RoleSessionName="session",
                Tags=[{"Key": "aws:x", "Value": "1"}]).startswith("InvalidParameterValue: ")


@pytest.mark.parametrize("wanted, message", [
    # boto/boto3#2474, velero-io/velero-plugin-for-aws#119
    (dict(VolumeType="gp2", Iops=100),
     "InvalidParameterCombination: The parameter iops is not supported for gp2 volumes."),
    (dict(VolumeType="io2"), "InvalidParameterCombination: The parameter iops must be specified for io2 volumes."),
    # rocicorp/mono#4410, runs-on/runs-on#260
    (dict(VolumeType="gp3", Size=20, Iops=15000),
     "InvalidParameterValue: Iops to volume size ratio of 750.000000 is too high; maximum is 500"),
    (dict(VolumeType="gp3", Throughput=1000),
     "InvalidParameterValue: Throughput (MiBps) to iops ratio of 0.333333 is too high; "
     "maximum is 0.250000 MiBps per iops."),
    # fog/fog-aws#186
    (dict(VolumeType="standard", Size=2000),
     "InvalidParameterValue: Volume of 2000GiB is too large for volume type standard; maximum is 1024GiB"),
])
def test_volumes_that_cannot_be(aws, wanted, message):
    asked = {"AvailabilityZone": "us-east-1a", "Size": 100, **wanted}
    assert said(aws["ec2"].create_volume, **asked) == message


def test_limits_of_volumes(aws):  # the numbers: AWS's page API_CreateVolume
    create = dict(AvailabilityZone="us-east-1a", Size=1000)
    for given in (dict(VolumeType="gp3", Iops=2999), dict(VolumeType="gp3", Iops=80001),
                  dict(VolumeType="io1", Iops=99), dict(VolumeType="io1", Iops=50001),
                  dict(VolumeType="gp3", Throughput=124), dict(VolumeType="gp3", Iops=80000, Throughput=2001)):
        assert said(aws["ec2"].create_volume, **create, **given).startswith("InvalidParameterValue: ")
    for given in (dict(VolumeType="gp3", Iops=3000), dict(VolumeType="io1", Iops=50000),
                  dict(VolumeType="gp3", Iops=8000, Throughput=2000)):
        made = aws["ec2"].create_volume(**create, **given)
        assert made["Iops"] == given["Iops"] and made["Tags"] == [] and "Attachments" not in made


@pytest.mark.parametrize("given, message", [
    # hashicorp/terraform-provider-aws#43854, cds-snc/notification-terraform#561
    (dict(GroupName="g", Description="gr\u00fcn"),
     "Value (gr\u00fcn) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported."),
    (dict(GroupName="g", Description="it's"),
     "Invalid security group description. Valid description" + TEXTS),
    (dict(GroupName="g", Description="d" * 256),
     "Invalid security group description. Valid description" + TEXTS),
])
def test_descriptions_of_groups(aws, given, message):
    assert said(aws["ec2"].create_security_group, **given) == "InvalidParameterValue: " + message


def test_descriptions_of_rules(aws):  # aws-cloudformation/cfn-lint#173
    group = aws["ec2"].create_security_group(GroupName="described", Description="d")["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1}
    for source in ({"IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "AWS' own"}]},
                   {"UserIdGroupPairs": [{"GroupId": group, "Description": "a -> b"}]}):
        assert said(aws["ec2"].authorize_security_group_ingress, GroupId=group, IpPermissions=[{**rule, **source}]) == \
            "InvalidParameterValue: Invalid rule description. Valid description" + TEXTS


def test_what_runinstances_does_not_know_yet(aws):  # awscli's example of run-instances
    [made] = aws["ec2"].run_instances(ImageId="ami-0d1200000000000a1", MinCount=1, MaxCount=1)["Instances"]
    assert made["StateReason"] == {"Code": "pending", "Message": "pending"}
    assert made["PublicDnsName"] == "" and "PublicIpAddress" not in made
    [interface] = made["NetworkInterfaces"]
    assert "Association" not in interface and "Association" not in interface["PrivateIpAddresses"][0]
    [later] = aws["ec2"].describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"][0]["Instances"]
    assert "Association" in later["NetworkInterfaces"][0] and "StateReason" not in later
    # cloud-custodian/cloud-custodian#6014
    assert said(aws["ec2"].stop_instances, InstanceIds=[made["InstanceId"]]) == (
        f"IncorrectInstanceState: Instance '{made['InstanceId']}' cannot be stopped as it has never reached the "
        "'running' state.")
    # ansible-collections/amazon.aws#470
    assert said(aws["ec2"].modify_instance_attribute, InstanceId=made["InstanceId"], Groups=[]) == \
        "InvalidParameterCombination: No attributes specified."


def test_tags_without_a_key(aws):  # aws/aws-cli#3283
    made = aws["ec2"].create_security_group(GroupName="untagged", Description="d")["GroupId"]
    assert said(aws["ec2"].create_tags, Resources=[made], Tags=[{"Key": "", "Value": "b"}]) == (
        "InvalidParameterValue: Value ( '' ) for parameter Tag key is invalid. Tag key cannot be null or empty.")


# Whatever is not there, tagging says so as the resource's own operations do; Terraform waits on ".NotFound".
@pytest.mark.parametrize("resource, expected", [
    ("i-0123456789abcdef0", "InvalidInstanceID.NotFound: The instance ID 'i-0123456789abcdef0' does not exist"),
    ("vol-0123456789abcdef0", "InvalidVolume.NotFound: The volume 'vol-0123456789abcdef0' does not exist."),
    ("sg-0123456789abcdef0", "InvalidGroup.NotFound: The security group 'sg-0123456789abcdef0' does not exist"),
    ("eni-0123456789abcdef0",
     "InvalidNetworkInterfaceID.NotFound: The networkInterface ID 'eni-0123456789abcdef0' does not exist"),
    ("subnet-0123456789abcdef0", "InvalidSubnetID.NotFound: The subnet ID 'subnet-0123456789abcdef0' does not exist"),
    ("nonsense", "InvalidID: The ID 'nonsense' is not valid"),
])
def test_tagging_what_is_not_there(aws, resource, expected):
    assert said(aws["ec2"].create_tags, Resources=[resource], Tags=[{"Key": "a", "Value": "b"}]) == expected
