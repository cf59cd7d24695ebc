"""EC2 by boto3 and the AWS CLI: launch, look, break, in good and bad input."""
import base64
import json
import time

import botocore.exceptions
import pytest

DEBIAN = "ami-0d1200000000000a1"


@pytest.fixture
def ec2(squall):
    return squall.client("ec2")


def error_of(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return f'{error["Code"]}: {error["Message"]}'


def launch(ec2, **more):
    settings = dict(ImageId=DEBIAN, InstanceType="t3.micro", MinCount=1, MaxCount=1)
    return ec2.run_instances(**{**settings, **more})["Instances"][0]


def test_launch_shows_what_was_asked_for(ec2):
    script = "#!/bin/bash\necho hello\n"
    made = launch(ec2, UserData=script, PrivateIpAddress="172.31.0.77",
                  MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
                  BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3"}},
                                       {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 5}}],
                  TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "vault-0"}]},
                                     {"ResourceType": "volume", "Tags": [{"Key": "of", "Value": "vault-0"}]}])
    assert made["State"] == {"Code": 0, "Name": "pending"}
    [reservation] = ec2.describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"]
    [instance] = reservation["Instances"]
    assert instance["PrivateIpAddress"] == "172.31.0.77"
    assert instance["PrivateDnsName"] == "ip-172-31-0-77.ec2.internal"
    assert instance["PublicDnsName"].endswith(".compute-1.amazonaws.com")
    assert instance["Tags"] == [{"Key": "Name", "Value": "vault-0"}]
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert instance["MetadataOptions"]["HttpPutResponseHopLimit"] == 2
    assert instance["Placement"]["AvailabilityZone"] == "us-east-1a"
    assert [mapping["DeviceName"] for mapping in instance["BlockDeviceMappings"]] == ["/dev/xvda", "/dev/sdf"]
    volumes = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [made["InstanceId"]]}])
    assert sorted(volume["Size"] for volume in volumes["Volumes"]) == [5, 20]
    assert all(volume["Tags"] == [{"Key": "of", "Value": "vault-0"}] for volume in volumes["Volumes"])
    attribute = ec2.describe_instance_attribute(InstanceId=made["InstanceId"], Attribute="userData")
    assert base64.b64decode(attribute["UserData"]["Value"]).decode() == script


def test_life_of_an_instance_in_real_time(ec2):
    made = launch(ec2)
    ids = [made["InstanceId"]]
    ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    [status] = ec2.describe_instance_status(InstanceIds=ids)["InstanceStatuses"]
    assert status["SystemStatus"]["Status"] == "initializing"
    stopping = ec2.stop_instances(InstanceIds=ids)["StoppingInstances"]
    assert [one["CurrentState"]["Name"] for one in stopping] == ["stopping"]
    ec2.terminate_instances(InstanceIds=ids)
    ec2.get_waiter("instance_terminated").wait(InstanceIds=ids, WaiterConfig={"Delay": 1, "MaxAttempts": 30})


def test_filters(ec2):
    tag = f"cluster-{time.time()}"
    launch(ec2, MinCount=2, MaxCount=2, TagSpecifications=[
        {"ResourceType": "instance", "Tags": [{"Key": "cluster", "Value": tag}]}])
    ours = {"Name": "tag:cluster", "Values": [tag]}

    def count(*filters):
        found = ec2.describe_instances(Filters=[ours, *filters])["Reservations"]
        return sum(len(reservation["Instances"]) for reservation in found)

    assert count() == 2
    assert count({"Name": "instance-state-name", "Values": ["pending", "running"]}) == 2
    assert count({"Name": "instance-state-name", "Values": ["stopped"]}) == 0
    assert count({"Name": "private-ip-address", "Values": ["172.31.*"]}) == 2
    assert count({"Name": "tag-key", "Values": ["clu?ter"]}) == 2
    assert error_of(ec2.describe_instances, Filters=[{"Name": "colour", "Values": ["red"]}]) == \
        "InvalidParameterValue: The filter 'colour' is invalid"


@pytest.mark.parametrize("arguments, expected", [
    (dict(ImageId="ami-00000000000000000"),
     "InvalidAMIID.NotFound: The image id '[ami-00000000000000000]' does not exist"),
    (dict(ImageId="nonsense"), 'InvalidAMIID.Malformed: Invalid id: "nonsense" (expecting "ami-...")'),
    (dict(InstanceType="t9.huge"), "InvalidParameterValue: Invalid value 't9.huge' for InstanceType."),
    (dict(SubnetId="subnet-00000000000000000"),
     "InvalidSubnetID.NotFound: The subnet ID 'subnet-00000000000000000' does not exist"),
    (dict(KeyName="nobody"), "InvalidKeyPair.NotFound: The key pair 'nobody' does not exist"),
    (dict(SecurityGroupIds=["sg-00000000000000000"]),
     "InvalidGroup.NotFound: The security group 'sg-00000000000000000' does not exist"),
    (dict(IamInstanceProfile={"Name": "nobody"}),
     "InvalidParameterValue: Value (nobody) for parameter iamInstanceProfile.name is invalid. "
     "Invalid IAM Instance Profile name"),
    (dict(PrivateIpAddress="172.31.0.2"),
     "InvalidParameterValue: Address 172.31.0.2 is in subnet's reserved address range"),
    (dict(UserData="x" * 20000), "InvalidParameterValue: User data is limited to 16384 bytes"),
    (dict(DryRun=True), "DryRunOperation: Request would have succeeded, but DryRun flag is set."),
])
def test_launches_that_are_refused(ec2, arguments, expected):
    assert error_of(lambda **given: launch(ec2, **given), **arguments) == expected


def not_served(operation, member):
    return f"NotImplemented: Squall does not implement the parameter {member} of ec2:{operation}."


@pytest.mark.parametrize("arguments, member", [
    (dict(CpuOptions={"CoreCount": 1, "ThreadsPerCore": 1}), "CpuOptions"),
    (dict(Placement={"HostId": "h-1"}), "Placement.HostId"),
    (dict(Placement={"HostResourceGroupArn": "arn:aws:x"}), "Placement.HostResourceGroupArn"),
    (dict(BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1, "KmsKeyId": "k"}}]),
     "BlockDeviceMappings.Ebs.KmsKeyId"),
    (dict(BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1, "OutpostArn": "arn:aws:x"}}]),
     "BlockDeviceMappings.Ebs.OutpostArn"),
    (dict(BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "NoDevice": ""}]), "BlockDeviceMappings.NoDevice"),
    (dict(NetworkInterfaces=[{"DeviceIndex": 0, "Ipv4PrefixCount": 1}]), "NetworkInterfaces.Ipv4PrefixCount"),
    (dict(NetworkInterfaces=[{"DeviceIndex": 0, "PrivateIpAddresses": [{"PrivateIpAddress": "172.31.0.9"}]}]),
     "NetworkInterfaces.PrivateIpAddresses"),
])
def test_members_of_a_launch_that_are_not_served_are_refused_by_name(ec2, arguments, member):
    assert error_of(lambda: launch(ec2, **arguments)) == not_served("RunInstances", member)


def test_network_cards(ec2):
    launch(ec2, NetworkInterfaces=[{"DeviceIndex": 0, "NetworkCardIndex": 0}])
    assert "NetworkInterface.1.NetworkCardIndex" in \
        error_of(lambda: launch(ec2, NetworkInterfaces=[{"DeviceIndex": 0, "NetworkCardIndex": 1}]))


def test_sources_of_rules_elsewhere_are_refused_by_name(ec2):
    group = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]
    owner = {"UserId": group["OwnerId"], "GroupId": group["GroupId"], "VpcId": group["VpcId"]}

    def said(**source):
        permission = {"IpProtocol": "tcp", "FromPort": 99, "ToPort": 99, **source}
        return error_of(ec2.authorize_security_group_ingress, GroupName="default", IpPermissions=[permission])

    operation = "AuthorizeSecurityGroupIngress"
    assert said(Ipv6Ranges=[{"CidrIpv6": "::/0"}]) == not_served(operation, "IpPermissions.Ipv6Ranges")
    assert said(PrefixListIds=[{"PrefixListId": "pl-1"}]) == not_served(operation, "IpPermissions.PrefixListIds")
    assert said(UserIdGroupPairs=[{**owner, "VpcPeeringConnectionId": "pcx-1"}]) == \
        not_served(operation, "IpPermissions.UserIdGroupPairs.VpcPeeringConnectionId")
    assert "UserId of another account" in said(UserIdGroupPairs=[{**owner, "UserId": "210987654321"}])
    assert said(UserIdGroupPairs=[{**owner, "VpcId": "vpc-0"}]) == \
        "InvalidVpcID.NotFound: The vpc ID 'vpc-0' does not exist"
    # What DescribeSecurityGroups shows can be given back as it is.
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[
        {"IpProtocol": "-1", "UserIdGroupPairs": [owner]}])


def test_the_latest_console_output_is_for_nitro(ec2):
    assert "Output" not in ec2.get_console_output(InstanceId=launch(ec2)["InstanceId"], Latest=True)
    old = launch(ec2, InstanceType="t2.micro")["InstanceId"]
    ec2.get_console_output(InstanceId=old)
    assert error_of(ec2.get_console_output, InstanceId=old, Latest=True) == (
        "UnsupportedOperation: This instance type does not support retrieving the latest console logs.")


def test_regions_to_opt_into_are_shown_when_asked_for(ec2):
    few = {region["RegionName"] for region in ec2.describe_regions()["Regions"]}
    every = {region["RegionName"]: region["OptInStatus"] for region in ec2.describe_regions(AllRegions=True)["Regions"]}
    assert every["af-south-1"] == "not-opted-in" and "af-south-1" not in few
    assert {name for name, status in every.items() if status == "opt-in-not-required"} == few


@pytest.mark.parametrize("name, values, found", [
    ("current-instance-boot-mode", ["legacy-bios"], True), ("hibernation-options.configured", ["false"], True),
    ("network-interface.attachment.delete-on-termination", ["true"], True),
    ("network-interface.attachment.delete-on-termination", ["false"], False),
    ("private-dns-name-options.hostname-type", ["ip-name"], True), ("ipv6-address", ["*"], False)])
def test_every_filter_of_aws_is_known(ec2, name, values, found):
    instance = launch(ec2)["InstanceId"]
    filters = [{"Name": "instance-id", "Values": [instance]}, {"Name": name, "Values": values}]
    assert bool(ec2.describe_instances(Filters=filters)["Reservations"]) == found


def test_instance_ids(ec2):
    missing = "i-0123456789abcdef0"
    assert error_of(ec2.describe_instances, InstanceIds=[missing]) == \
        f"InvalidInstanceID.NotFound: The instance ID '{missing}' does not exist"
    assert error_of(ec2.start_instances, InstanceIds=["i-1", missing]) == \
        'InvalidInstanceID.Malformed: Invalid id: "i-1"'
    assert error_of(ec2.describe_instances, InstanceIds=[missing, "i-0123456789abcdef1"]) == \
        "InvalidInstanceID.NotFound: The instance IDs 'i-0123456789abcdef0, i-0123456789abcdef1' do not exist"


def test_pages(serve):
    ec2 = serve().client("ec2")
    launch(ec2, MinCount=7, MaxCount=7)
    pages = list(ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
    assert [sum(len(r["Instances"]) for r in page["Reservations"]) for page in pages] == [5, 2]
    assert error_of(ec2.describe_instances, MaxResults=2).startswith(
        "InvalidParameterValue: Value ( 2 ) for parameter maxResults is invalid.")


def test_security_groups(ec2):
    group = ec2.create_security_group(GroupName="vault", Description="Vault nodes")["GroupId"]
    assert error_of(ec2.create_security_group, GroupName="vault", Description="again").startswith(
        "InvalidGroup.Duplicate: The security group 'vault' already exists for VPC 'vpc-")
    permissions = [{"IpProtocol": "tcp", "FromPort": 8200, "ToPort": 8201, "IpRanges": [{"CidrIp": "172.31.0.0/16"}],
                    "UserIdGroupPairs": [{"GroupId": group}]}]
    rules = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permissions)["SecurityGroupRules"]
    assert len(rules) == 2
    assert error_of(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=permissions) == (
        'InvalidPermission.Duplicate: the specified rule "peer: 172.31.0.0/16, TCP, from port: 8200, '
        'to port: 8201, ALLOW" already exists')
    [described] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    # As recorded of AWS: every list is there, the empty ones too.
    assert described["IpPermissionsEgress"] == [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
                                                 "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}]
    [ingress] = described["IpPermissions"]
    assert (ingress["FromPort"], ingress["ToPort"]) == (8200, 8201)
    assert ingress["UserIdGroupPairs"][0]["GroupId"] == group
    instance = launch(ec2, SecurityGroupIds=[group])["InstanceId"]
    assert error_of(ec2.delete_security_group, GroupId=group) == \
        f"DependencyViolation: resource {group} has a dependent object"
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rules[0]["SecurityGroupRuleId"]])
    assert error_of(ec2.revoke_security_group_ingress, GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]) == \
        "InvalidPermission.NotFound: The specified rule does not exist in this security group."
    ec2.modify_instance_attribute(InstanceId=instance, Groups=[
        ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]])
    ec2.delete_security_group(GroupId=group)


def test_rules_on_the_way_out(ec2):
    group = ec2.create_security_group(GroupName="shut", Description="Nothing goes out")["GroupId"]
    [outward] = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    assert outward["IsEgress"] and outward["CidrIpv4"] == "0.0.0.0/0"
    ec2.revoke_security_group_egress(GroupId=group, SecurityGroupRuleIds=[outward["SecurityGroupRuleId"]])
    to_kms = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    [rule] = ec2.authorize_security_group_egress(GroupId=group, IpPermissions=to_kms)["SecurityGroupRules"]
    assert rule["IsEgress"] and rule["FromPort"] == 443
    assert error_of(ec2.authorize_security_group_egress, GroupId=group, IpPermissions=to_kms).startswith(
        "InvalidPermission.Duplicate: ")
    assert error_of(ec2.revoke_security_group_ingress, GroupId=group, IpPermissions=to_kms).startswith(
        "InvalidPermission.NotFound: "), "the inward rules are others"


def test_a_running_instance_is_changed_and_rebooted(ec2):
    instance = launch(ec2)["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    changed = ec2.modify_instance_metadata_options(InstanceId=instance, HttpTokens="required",
                                                   HttpPutResponseHopLimit=3)["InstanceMetadataOptions"]
    assert (changed["HttpTokens"], changed["HttpPutResponseHopLimit"]) == ("required", 3)
    assert error_of(ec2.modify_instance_metadata_options, InstanceId=instance,
                    HttpPutResponseHopLimit=65).startswith("InvalidParameterValue: ")
    ec2.reboot_instances(InstanceIds=[instance])
    [reservation] = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
    assert reservation["Instances"][0]["State"]["Name"] == "running", "a reboot is no change of state"
    assert error_of(ec2.reboot_instances, InstanceIds=["i-00000000000000000"]) == \
        "InvalidInstanceID.NotFound: The instance ID 'i-00000000000000000' does not exist"
    assert ec2.get_console_output(InstanceId=instance)["InstanceId"] == instance
    [interface] = ec2.describe_network_interfaces(
        Filters=[{"Name": "attachment.instance-id", "Values": [instance]}])["NetworkInterfaces"]
    assert interface["PrivateIpAddress"] == reservation["Instances"][0]["PrivateIpAddress"]


def test_instance_types(ec2):
    [micro] = ec2.describe_instance_types(InstanceTypes=["t3.micro"])["InstanceTypes"]
    assert (micro["VCpuInfo"]["DefaultVCpus"], micro["MemoryInfo"]["SizeInMiB"]) == (2, 1024)
    filters = [{"Name": "vcpu-info.valid-cores", "Values": ["4"]},
               {"Name": "ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", "Values": ["593.75"]}]
    found = ec2.describe_instance_types(Filters=filters)["InstanceTypes"]
    assert [one["InstanceType"] for one in found] == ["m5.2xlarge", "m6g.xlarge"]
    assert error_of(ec2.describe_instance_types, InstanceTypes=["t9.nano", "t3.micro", "x"]) == \
        "InvalidInstanceType: The following supplied instance types do not exist: [t9.nano, x]"


def test_default_network(ec2):
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert vpc["CidrBlock"] == "172.31.0.0/16"
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    assert len(subnets) == 6 and all(subnet["DefaultForAz"] for subnet in subnets)
    assert len({subnet["CidrBlock"] for subnet in subnets}) == 6
    [zone] = ec2.describe_availability_zones(ZoneIds=["use1-az1"])["AvailabilityZones"]
    # The members that AWS was recorded to answer, and no others (older clients do not know GroupLongName).
    assert set(zone) | {"GroupLongName"} == {"GroupLongName", "GroupName", "Messages", "NetworkBorderGroup", "OptInStatus", "RegionName",
                         "State", "ZoneId", "ZoneName", "ZoneType"}
    assert "eu-west-1" in [region["RegionName"] for region in ec2.describe_regions()["Regions"]]


def test_images(ec2):
    found = ec2.describe_images(Owners=["099720109477"], Filters=[
        {"Name": "name", "Values": ["ubuntu/images/hvm-ssd*/ubuntu-*-22.04-amd64-server-*"]},
        {"Name": "virtualization-type", "Values": ["hvm"]}])["Images"]
    assert [image["Architecture"] for image in found] == ["x86_64"]
    amazon = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "architecture", "Values": ["arm64"]}])["Images"]
    assert len(amazon) == 2
    # The disk as users show it of images on gp3.
    [debian] = ec2.describe_images(ImageIds=[DEBIAN])["Images"]
    [disk] = debian["BlockDeviceMappings"]
    assert (disk["Ebs"]["VolumeType"], disk["Ebs"]["Iops"], disk["Ebs"]["Throughput"]) == ("gp3", 3000, 125)
    assert "BootMode" not in debian and {image["BootMode"] for image in amazon} == {"uefi"}


def test_volumes(ec2):
    instance = launch(ec2)["InstanceId"]
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=10, VolumeType="gp3")
    assert (volume["State"], volume["Iops"], volume["Throughput"]) == ("creating", 3000, 125)
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume["VolumeId"]],
                                            WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    attached = ec2.attach_volume(VolumeId=volume["VolumeId"], InstanceId=instance, Device="/dev/sdf")
    assert attached["State"] == "attaching"
    assert error_of(ec2.delete_volume, VolumeId=volume["VolumeId"]) == \
        f'VolumeInUse: Volume {volume["VolumeId"]} is currently attached to {instance}'
    detached = ec2.detach_volume(VolumeId=volume["VolumeId"])
    for answer in (attached, detached):  # as in awscli's examples
        assert set(answer) - {"ResponseMetadata"} == {"AttachTime", "InstanceId", "VolumeId", "State", "Device"}
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume["VolumeId"]],
                                            WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert error_of(ec2.detach_volume, VolumeId=volume["VolumeId"]) == \
        f"IncorrectState: Volume '{volume['VolumeId']}' is in the 'available' state."
    ec2.delete_volume(VolumeId=volume["VolumeId"])
    assert error_of(ec2.create_volume, AvailabilityZone="us-east-1z", Size=1) == \
        "InvalidZone.NotFound: The zone 'us-east-1z' does not exist."


def test_key_pairs(ec2):
    made = ec2.create_key_pair(KeyName="operator")
    assert made["KeyMaterial"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert len(made["KeyFingerprint"].split(":")) == 20
    assert error_of(ec2.create_key_pair, KeyName="operator") == "InvalidKeyPair.Duplicate: The keypair already exists"
    public = ec2.describe_key_pairs(KeyNames=["operator"], IncludePublicKey=True)["KeyPairs"][0]["PublicKey"]
    assert public.startswith("ssh-rsa ")
    imported = ec2.import_key_pair(KeyName="again", PublicKeyMaterial=public.encode())
    assert len(imported["KeyFingerprint"].split(":")) == 16
    elliptic = ec2.create_key_pair(KeyName="small", KeyType="ed25519")
    assert elliptic["KeyMaterial"].startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    ec2.delete_key_pair(KeyName="operator")
    assert error_of(ec2.describe_key_pairs, KeyNames=["operator"]) == \
        "InvalidKeyPair.NotFound: The key pair 'operator' does not exist"


def test_tags(ec2):
    instance = launch(ec2)["InstanceId"]
    ec2.create_tags(Resources=[instance], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    ec2.delete_tags(Resources=[instance], Tags=[{"Key": "a", "Value": "other"}, {"Key": "b"}])
    found = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [instance]}])["Tags"]
    assert found == [{"Key": "a", "ResourceId": instance, "ResourceType": "instance", "Value": "1"}]
    assert error_of(ec2.create_tags, Resources=[instance], Tags=[{"Key": "aws:x", "Value": "1"}]) == \
        "InvalidParameterValue: Tag keys starting with 'aws:' are reserved for internal use"


def test_client_tokens_make_a_launch_idempotent(ec2):
    first = launch(ec2, ClientToken="once")
    assert launch(ec2, ClientToken="once")["InstanceId"] == first["InstanceId"]
    disk = [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30}}]
    for other in (dict(InstanceType="t3.small"), dict(BlockDeviceMappings=disk), dict(SecurityGroups=["default"]),
                  dict(DisableApiTermination=True), dict(MetadataOptions={"HttpTokens": "required"}),
                  dict(NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": False}]),
                  dict(TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}])):
        assert error_of(lambda: launch(ec2, ClientToken="once", **other)).startswith("IdempotentParameterMismatch: ")


def test_client_tokens_make_a_volume_idempotent(ec2):
    wanted = dict(AvailabilityZone="us-east-1a", Size=3, ClientToken="volume once")
    first = ec2.create_volume(**wanted)
    assert ec2.create_volume(**wanted)["VolumeId"] == first["VolumeId"]
    for other in (dict(Size=4), dict(AvailabilityZone="us-east-1b"), dict(VolumeType="gp3"), dict(Encrypted=True)):
        assert error_of(ec2.create_volume, **{**wanted, **other}).startswith("IdempotentParameterMismatch: ")


def test_instance_profiles(squall, ec2):
    iam = squall.client("iam")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                     "Principal": {"Service": "ec2.amazonaws.com"}}]}
    iam.create_role(RoleName="vault", AssumeRolePolicyDocument=json.dumps(trust))
    arn = iam.create_instance_profile(InstanceProfileName="vault")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="vault", RoleName="vault")
    instance = launch(ec2, IamInstanceProfile={"Name": "vault"})
    assert instance["IamInstanceProfile"]["Arn"] == arn
    [association] = ec2.describe_iam_instance_profile_associations(
        Filters=[{"Name": "instance-id", "Values": [instance["InstanceId"]]}])["IamInstanceProfileAssociations"]
    ec2.disassociate_iam_instance_profile(AssociationId=association["AssociationId"])
    again = ec2.associate_iam_instance_profile(InstanceId=instance["InstanceId"], IamInstanceProfile={"Arn": arn})
    assert again["IamInstanceProfileAssociation"]["State"] == "associating"
    # No Timestamp, as in awscli's examples of these operations and in what users show of them.
    assert set(again["IamInstanceProfileAssociation"]) == set(association) == {
        "AssociationId", "InstanceId", "IamInstanceProfile", "State"}


def test_the_cli_launches_waits_and_prints(squall):
    made = squall.cli_json("ec2", "run-instances", "--image-id", DEBIAN, "--instance-type", "t3.micro",
                           "--user-data", "#!/bin/sh\ntrue\n",
                           "--tag-specifications", "ResourceType=instance,Tags=[{Key=Name,Value=cli}]")
    instance = made["Instances"][0]["InstanceId"]
    code, out, err = squall.cli("ec2", "describe-instances", "--instance-ids", instance, "--output", "text",
                                "--query", "Reservations[].Instances[].[InstanceType,Tags[0].Value]")
    assert (code, out) == (0, "t3.micro\tcli\n"), err
    code, out, err = squall.cli("ec2", "describe-instances", "--instance-ids", "i-0123456789abcdef0")
    assert code == 254
    assert "An error occurred (InvalidInstanceID.NotFound) when calling the DescribeInstances operation" in err
    assert err.strip().endswith("The instance ID 'i-0123456789abcdef0' does not exist")


def test_only_what_iam_allows(strict):
    iam = strict.client("iam")
    iam.create_user(UserName="reader")
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}]}))
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    reader = strict.client("ec2", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    reader.describe_instances()
    assert error_of(lambda: launch(reader)).startswith("UnauthorizedOperation: You are not authorized to perform")
