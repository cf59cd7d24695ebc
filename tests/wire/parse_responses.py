#!/usr/bin/env python3
"""Gives answers that the server's codecs wrote to botocore's own parsers: parse_responses.py WIRE_ECHO"""
import base64
import datetime
import json
import subprocess
import sys

try:
    import botocore.parsers
    import botocore.session
except ImportError:
    print("botocore is not installed")
    sys.exit(77)

UTC = datetime.timezone.utc
WHEN = datetime.datetime(2024, 1, 31, 12, 34, 56, 120000, tzinfo=UTC)
WHOLE = WHEN.replace(microsecond=0)
TEXT = "<a> & \"b\" 'c' \u00e9 \u2028 \U0001f600"
CASES = [
    ("kms", "Encrypt", {"CiphertextBlob": b"\x00\xff", "KeyId": "arn:aws:kms:us-east-1:000000000000:key/1", "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
    ("kms", "DescribeKey", {"KeyMetadata": {"KeyId": "k", "CreationDate": WHEN, "Enabled": True, "MultiRegion": False, "Description": TEXT}}),
    ("kms", "ListKeys", {"Keys": [], "Truncated": False}),
    ("kms", "EnableKey", {}),
    ("ssm", "ListCommands", {"Commands": [{"CommandId": "c", "Parameters": {"commands": ["a", "b"]}, "RequestedDateTime": WHEN, "TargetCount": 3}]}),
    ("sts", "GetCallerIdentity", {"UserId": "A:b", "Account": "000000000000", "Arn": "arn:aws:sts::000000000000:assumed-role/r/s"}),
    ("sts", "AssumeRole", {"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "s/+", "SessionToken": "t==", "Expiration": WHOLE}, "PackedPolicySize": 6}),
    ("iam", "ListUsers", {"Users": [{"Path": "/", "UserName": TEXT, "UserId": "A", "Arn": "a", "CreateDate": WHOLE,
                                     "Tags": [{"Key": "k", "Value": " "}]}], "IsTruncated": False}),
    ("iam", "ListRoles", {"Roles": [], "IsTruncated": False}),
    ("iam", "DeleteRole", {}),
    ("ec2", "DescribeInstances", {"Reservations": [{"ReservationId": "r-1", "Groups": [], "Instances": [
        {"InstanceId": "i-1", "AmiLaunchIndex": 0, "LaunchTime": WHEN, "State": {"Code": 16, "Name": "running"}, "EbsOptimized": False,
         "SecurityGroups": [{"GroupId": "sg-1", "GroupName": TEXT}], "Tags": [{"Key": "Name", "Value": ""}],
         "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": "vol-1", "AttachTime": WHEN}}]}]}], "NextToken": "n"}),
    ("ec2", "CreateTags", {}),
    ("ec2", "GetConsoleOutput", {"InstanceId": "i-1", "Timestamp": WHEN, "Output": "bGluZQ=="}),
]
ERRORS = [
    ("kms", "NotFoundException", 400, "Key 'k' does not exist"),
    ("kms", "InvalidCiphertextException", 400, ""),
    ("sts", "AccessDenied", 403, TEXT),
    ("iam", "NoSuchEntity", 404, "The user with name u cannot be found."),
    ("ec2", "InvalidInstanceID.NotFound", 400, "The instance ID 'i-1' does not exist"),
]


def plain(value):
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
    lines = [{"service": s, "operation": o, "output": plain(v)} for s, o, v in CASES]
    lines += [{"service": s, "error": {"code": c, "status": n, "message": m}} for s, c, n, m in ERRORS]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    answers = subprocess.run([sys.argv[1]], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout.splitlines()
    assert len(answers) == len(lines), (len(answers), len(lines))
    session, failed = botocore.session.get_session(), 0
    expected = [v for _, _, v in CASES]
    expected += [{"Code": c, "Message": m} for _, c, _, m in ERRORS]
    for line, answer, want in zip(lines, map(json.loads, answers), expected):
        model = session.get_service_model(line["service"])
        shape = model.operation_model(line.get("operation", model.operation_names[0])).output_shape
        response = {"status_code": answer["status"], "headers": {k.lower(): v for k, v in answer["headers"].items()},
                    "body": answer["body"].encode()}
        got = botocore.parsers.create_parser(model.metadata["protocol"]).parse(response, shape)
        request_id = got.pop("ResponseMetadata")["RequestId"]
        if "error" in line:
            got = {key: got["Error"].get(key) for key in want}
        if got != want or request_id != "rid":
            failed += 1
            print(line, "\n  wanted", want, "\n  got   ", got, request_id, "\n  from  ", answer["body"])
    print(f"{len(lines) - failed} of {len(lines)} answers read as meant")
    sys.exit(1 if failed else 0)


main()
