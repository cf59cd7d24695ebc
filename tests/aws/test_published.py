"""Answers of the real AWS that its users have published, member by member beside Squall's.

recorded/published.json: what the AWS CLI printed for a t3.micro with Ubuntu 24.04, for the default VPC and a subnet of
it, for volumes and for a command without targets, in courses and run books on GitHub of July 2025 to September 2026;
ids, names and times are placeholders. The instance types are those that moto took from AWS in 2026 (getmoto/moto,
instance_types.json), without what Squall leaves out: bandwidths and queues of network cards, secondary networks, and
what changes with time and account (free tier, current generation, region). Debian's boto3 is older than some of the
members, so it gets Squall's manifests for its models.
"""
import json
import os
import sys

import botocore.loaders
import botocore.session
import pytest

from conftest import REGION, ROOT
from test_recorded import HERE, same

sys.path.insert(0, os.path.join(ROOT, "tests", "awscli"))
from real_cli import write_models  # noqa: E402

with open(os.path.join(HERE, "recorded", "published.json")) as file:
    PUBLISHED = json.load(file)


@pytest.fixture(scope="module")
def client(squall, tmp_path_factory):
    models = str(tmp_path_factory.mktemp("models"))
    write_models(models)
    session = botocore.session.Session()
    session.register_component("data_loader", botocore.loaders.Loader(extra_search_paths=[models]))

    def make(service):
        return session.create_client(service, region_name=REGION, endpoint_url=squall.url,
                                     aws_access_key_id="test", aws_secret_access_key="test")
    return make


def answers(ec2, ssm):
    ec2.create_key_pair(KeyName="k")
    made = ec2.run_instances(ImageId="ami-0b2404000000000a1", InstanceType="t3.micro", MinCount=1, MaxCount=1,
                             KeyName="k", TagSpecifications=[
                                 {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "vm"}]}])
    yield "run-instances", made["Instances"][0]
    ids = [made["Instances"][0]["InstanceId"]]
    ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    yield "describe-instances", ec2.describe_instances(InstanceIds=ids)["Reservations"][0]["Instances"][0]
    yield "describe-instance-status", ec2.describe_instance_status(InstanceIds=ids)["InstanceStatuses"][0]
    yield "describe-vpcs", ec2.describe_vpcs()["Vpcs"][0]
    yield "describe-subnets", ec2.describe_subnets(Filters=[
        {"Name": "availability-zone", "Values": [REGION + "a"]}])["Subnets"][0]
    made = ec2.create_volume(AvailabilityZone=REGION + "b", Size=2, VolumeType="gp3", TagSpecifications=[
        {"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "v"}]}])
    made.pop("ResponseMetadata")
    yield "create-volume", made
    yield "describe-volumes", ec2.describe_volumes(Filters=[
        {"Name": "attachment.instance-id", "Values": ids}])["Volumes"][0]
    yield "send-command", ssm.send_command(DocumentName="AWS-RunShellScript", Parameters={"commands": ["true"]},
                                           Targets=[{"Key": "tag:Name", "Values": ["nobody"]}])["Command"]


def test_instance_types_are_those_of_aws(client):
    expected = {one["InstanceType"]: one for one in PUBLISHED["describe-instance-types"]}
    types = client("ec2").describe_instance_types(InstanceTypes=list(expected))["InstanceTypes"]
    assert {one["InstanceType"] for one in types} == set(expected)
    for ours in types:
        for changing in ("CurrentGeneration", "FreeTierEligible"):
            ours.pop(changing)
        same(expected[ours["InstanceType"]], ours, ours["InstanceType"])


def test_members_are_those_of_aws(client):
    seen = set()
    for name, ours in answers(client("ec2"), client("ssm")):
        expected = dict(PUBLISHED[name])
        if name == "describe-subnets":  # the instance of this test has an address of it
            expected["AvailableIpAddressCount"] = ours["AvailableIpAddressCount"]
        same(expected, ours, name)
        seen.add(name)
    assert seen == set(PUBLISHED) - {"describe-instance-types"}
