#!/usr/bin/env python3
"""Writes data/requests.json: what botocore really sends for the calls below.

Run by hand (python3 tests/wire/record_requests.py) when a call is added; the tests read the file. Needs botocore;
nothing leaves the machine, each request is caught before it is sent.
"""
import base64
import datetime
import json
import os

import botocore.session
from botocore.awsrequest import AWSResponse

UTC = datetime.timezone.utc
CALLS = [
    ("kms", "Encrypt", {"KeyId": "alias/a", "Plaintext": b"\x00hi\xff", "EncryptionContext": {"b": "2", "a": "\u00e9\u2028"}}),
    ("kms", "CreateKey", {"Description": "a \"quoted\" \\ text\n", "Tags": [{"TagKey": "k", "TagValue": ""}], "MultiRegion": False}),
    ("kms", "ListKeys", {}),
    ("kms", "GenerateDataKey", {"KeyId": "k", "NumberOfBytes": 32}),
    ("kms", "ScheduleKeyDeletion", {"KeyId": "k", "PendingWindowInDays": 7}),
    ("ssm", "SendCommand", {"InstanceIds": ["i-0123456789abcdef0"], "DocumentName": "AWS-RunShellScript",
                            "Parameters": {"commands": ["echo 'a & b'", "true"], "workingDirectory": [""]}, "TimeoutSeconds": 60}),
    ("ssm", "ListCommands", {"Filters": [{"key": "Status", "value": "Success"}], "MaxResults": 5}),
    ("sts", "GetCallerIdentity", {}),
    ("sts", "AssumeRole", {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "s@1,2=3", "DurationSeconds": 900,
                           "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
                           "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d e+f&g"}], "TransitiveTagKeys": ["a"]}),
    ("iam", "CreateRole", {"RoleName": "r", "Path": "/p/", "AssumeRolePolicyDocument": '{"Version":"2012-10-17"}',
                           "MaxSessionDuration": 3600, "Tags": [{"Key": "\u00e9", "Value": "~-_."}]}),
    ("iam", "ListUsers", {"PathPrefix": "/", "MaxItems": 10}),
    ("iam", "UntagRole", {"RoleName": "r", "TagKeys": ["a", "b"]}),
    ("iam", "TagRole", {"RoleName": "r", "Tags": []}),
    ("ec2", "RunInstances", {"ImageId": "ami-1", "MinCount": 1, "MaxCount": 2, "InstanceType": "t3.micro",
                             "SecurityGroupIds": ["sg-1", "sg-2"], "UserData": "#!/bin/bash\necho hi\n",
                             "IamInstanceProfile": {"Name": "p"}, "ClientToken": "t", "DisableApiTermination": True,
                             "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
                             "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, "Encrypted": False}}],
                             "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "a b"}, {"Key": "x", "Value": "y"}]}]}),
    ("ec2", "DescribeInstances", {"Filters": [{"Name": "tag:Name", "Values": ["a*", "b"]}], "InstanceIds": ["i-1"], "MaxResults": 5, "DryRun": False}),
    ("ec2", "CreateTags", {"Resources": ["i-1"], "Tags": [{"Key": "k", "Value": ""}]}),
    ("ec2", "AuthorizeSecurityGroupIngress", {"GroupId": "sg-1", "IpPermissions": [
        {"IpProtocol": "tcp", "FromPort": 8200, "ToPort": 8201, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "d"}],
         "UserIdGroupPairs": [{"GroupId": "sg-2"}]}]}),
    ("ec2", "DescribeInstances", {"InstanceIds": []}),
    ("ec2", "DescribeSecurityGroups", {"GroupNames": ["default"]}),
]


def plain(value):
    """The input as JSON: bytes as base64, times as epoch seconds."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def main():
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    records = []
    for service, operation, params in CALLS:
        client = session.create_client(service, region_name="us-east-1")
        caught = []

        def catch(request, **_):
            caught.append(request)
            return AWSResponse(request.url, 500, {}, None)

        client.meta.events.register("before-send", catch)
        names = {api: method for method, api in client.meta.method_to_api_mapping.items()}
        try:
            getattr(client, names[operation])(**params)
        except Exception:  # the answer that was made up
            pass
        request = caught[0]
        # User data is base64 on the wire; botocore encodes it before it serialises.
        if "UserData" in params:
            params = {**params, "UserData": base64.b64encode(params["UserData"].encode()).decode()}
        text = lambda name: (lambda v: v.decode() if isinstance(v, bytes) else v)(request.headers.get(name))
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        records.append({"service": service, "operation": operation, "input": plain(params), "body": body,
                        "target": text("X-Amz-Target"), "content_type": text("Content-Type")})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "requests.json")
    with open(path, "w") as file:
        json.dump(records, file, indent=1)
        file.write("\n")


main()
