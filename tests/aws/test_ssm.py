"""SSM as boto3 and the AWS CLI see it. `squall serve` has instances without an inside, so none is managed: documents,
checks and listings are what shows here; tests/ssm runs the commands."""
import json

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ABSENT = "00000000-0000-4000-8000-000000000000"
STEPS = """schemaVersion: '2.2'
description: Prepares a node
parameters:
  address: {type: String, default: here, allowedPattern: '^[a-z]+$'}
mainSteps:
- action: aws:runShellScript
  name: prepare
  inputs:
    timeoutSeconds: 60
    runCommand: ['echo {{ address }}']
"""


@pytest.fixture
def ssm(squall):
    # boto3's own checks are off, so that what is wrong reaches the server.
    return squall.client("ssm", config=Config(parameter_validation=False, retries={"max_attempts": 0}))


@pytest.fixture
def document(ssm, request):
    name = request.node.name.replace("[", "-").replace("]", "")
    yield ssm.create_document(Name=name, Content=STEPS, DocumentFormat="YAML")["DocumentDescription"]
    try:
        ssm.delete_document(Name=name)
    except ssm.exceptions.InvalidDocument:
        pass


@pytest.fixture
def instance(squall):
    ec2 = squall.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    found = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"][0]
    yield found["InstanceId"]
    ec2.terminate_instances(InstanceIds=[found["InstanceId"]])


def refused(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400, response
    return response["Error"]["Code"], response["Error"]["Message"]


def test_a_documents_whole_life(ssm, document):
    name = document["Name"]
    # The statuses as in awscli's examples of create-document and update-document.
    assert (document["DocumentVersion"], document["DefaultVersion"], document["Status"]) == ("1", "1", "Creating")
    assert ssm.describe_document(Name=name)["Document"]["Status"] == "Active"
    assert document["PlatformTypes"] == ["Linux", "MacOS"] and document["DocumentFormat"] == "YAML"
    assert document["Parameters"] == [{"Name": "address", "Type": "String", "DefaultValue": "here"}]
    updated = ssm.update_document(Name=name, Content=STEPS.replace("60", "90"), DocumentFormat="YAML",
                                  DocumentVersion="$LATEST")["DocumentDescription"]
    assert (updated["LatestVersion"], updated["DefaultVersion"], updated["Status"]) == ("2", "1", "Updating")
    assert ssm.get_document(Name=name, DocumentFormat="YAML")["Content"] == STEPS
    assert json.loads(ssm.get_document(Name=name, DocumentVersion="2")["Content"])["mainSteps"][0]["inputs"][
        "timeoutSeconds"] == 90
    described = ssm.update_document_default_version(Name=name, DocumentVersion="2")["Description"]
    assert described == {"Name": name, "DefaultVersion": "2"}
    assert ssm.describe_document(Name=name)["Document"]["DocumentVersion"] == "2"
    ssm.delete_document(Name=name)
    assert refused(ssm.describe_document, Name=name) == (
        "InvalidDocument", f"Document with name {name} does not exist.")


def test_listing_documents(ssm, document):
    pages = ssm.get_paginator("list_documents").paginate(PaginationConfig={"PageSize": 1})
    names = [each["Name"] for page in pages for each in page["DocumentIdentifiers"]]
    assert names == sorted(names) and {"AWS-RunShellScript", document["Name"]} <= set(names)
    own = ssm.list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"]
    assert document["Name"] in [each["Name"] for each in own] and "AWS-RunShellScript" not in str(own)


def test_the_shell_script_document(ssm):
    found = ssm.describe_document(Name="AWS-RunShellScript")["Document"]
    assert found["Owner"] == "Amazon" and found["SchemaVersion"] == "1.2"
    assert [each["Name"] for each in found["Parameters"]] == ["commands", "workingDirectory", "executionTimeout"]
    assert refused(ssm.delete_document, Name="AWS-RunShellScript")[0] == "AccessDeniedException"


@pytest.mark.parametrize("content, code", [
    ("{", "InvalidDocumentContent"),
    ("schemaVersion: '9'", "InvalidDocumentSchemaVersion"),
    ("schemaVersion: '2.2'\nmainSteps: [{action: 'aws:configurePackage', name: a, inputs: {}}]",
     "InvalidDocumentContent"),
    ("x" * 70_000, "MaxDocumentSizeExceeded"),
])
def test_bad_documents(ssm, content, code):
    assert refused(ssm.create_document, Name="bad", Content=content, DocumentFormat="YAML")[0] == code


def test_names_and_duplicates(ssm, document):
    name = document["Name"]
    assert refused(ssm.create_document, Name=name, Content=STEPS, DocumentFormat="YAML") == (
        "DocumentAlreadyExists", f"Document with same name {name} already exists")
    assert refused(ssm.create_document, Name="a", Content=STEPS)[0] == "ValidationException"
    assert refused(ssm.update_document, Name=name, Content=STEPS, DocumentFormat="YAML")[0] == (
        "DuplicateDocumentContent")


def test_instances_without_an_agent_are_not_managed(ssm, instance):
    assert ssm.describe_instance_information()["InstanceInformationList"] == []
    call = dict(InstanceIds=[instance], DocumentName="AWS-RunShellScript", Parameters={"commands": ["uname"]})
    assert refused(ssm.send_command, **call) == (
        "InvalidInstanceId", f"Instances [[{instance}]] not in a valid state for account 000000000000")


def test_values_are_checked_before_instances(ssm, document, instance):
    call = dict(InstanceIds=[instance], DocumentName=document["Name"])
    code, message = refused(ssm.send_command, Parameters={"address": ["UPPER"]}, **call)
    assert code == "InvalidParameters" and "does not match the pattern ^[a-z]+$" in message
    assert refused(ssm.send_command, Parameters={"other": ["x"]}, **call)[0] == "InvalidParameters"
    assert refused(ssm.send_command, InstanceIds=[instance], DocumentName="absent")[0] == "InvalidDocument"


@pytest.mark.parametrize("member, value", [
    ("OutputS3BucketName", "bucket"), ("NotificationConfig", {"NotificationArn": "arn:aws:sns:us-east-1:1:t"}),
    ("CloudWatchOutputConfig", {"CloudWatchOutputEnabled": True})])
def test_what_is_not_served_is_named(ssm, member, value):
    with pytest.raises(ClientError) as caught:
        ssm.send_command(InstanceIds=[], DocumentName="AWS-RunShellScript", Parameters={"commands": ["x"]},
                         **{member: value})
    assert member in caught.value.response["Error"]["Message"]


def test_a_tag_that_nobody_has(ssm):
    sent = ssm.send_command(Targets=[{"Key": "tag:role", "Values": ["nobody"]}], DocumentName="AWS-RunShellScript",
                            Parameters={"commands": ["uname"]}, Comment="nobody")["Command"]
    assert sent["TargetCount"] == 0 and sent["Targets"] == [{"Key": "tag:role", "Values": ["nobody"]}]
    assert (sent["ExpiresAfter"] - sent["RequestedDateTime"]).total_seconds() == 7200
    found = ssm.list_commands(CommandId=sent["CommandId"])["Commands"][0]
    assert (found["Status"], found["StatusDetails"], found["Comment"]) == ("Success", "NoInstancesInTag", "nobody")
    assert ssm.list_command_invocations(CommandId=sent["CommandId"], Details=True)["CommandInvocations"] == []
    ssm.cancel_command(CommandId=sent["CommandId"])
    assert ssm.list_commands(CommandId=sent["CommandId"])["Commands"][0]["Status"] == "Success"
    assert refused(ssm.get_command_invocation, CommandId=sent["CommandId"], InstanceId="i-0123456789abcdef0")[0] == (
        "InvocationDoesNotExist")


def test_unknown_commands(ssm):
    assert refused(ssm.list_commands, CommandId=ABSENT)[0] == "InvalidCommandId"
    assert refused(ssm.cancel_command, CommandId=ABSENT)[0] == "InvalidCommandId"
    assert refused(ssm.get_command_invocation, CommandId=ABSENT, InstanceId="i-0123456789abcdef0")[0] == (
        "InvocationDoesNotExist")
    assert refused(ssm.list_commands, CommandId="short")[0] == "ValidationException"
    assert refused(ssm.list_commands, NextToken="bad")[0] == "InvalidNextToken"


def test_the_command_line(squall, tmp_path):
    path = tmp_path / "document.yaml"
    path.write_text(STEPS)
    made = squall.cli_json("ssm", "create-document", "--name", "by-cli", "--document-format", "YAML",
                           "--document-type", "Command", "--content", f"file://{path}")
    assert made["DocumentDescription"]["Owner"] == "000000000000"
    code, out, _ = squall.cli("ssm", "get-document", "--name", "by-cli", "--document-format", "YAML",
                              "--query", "Content", "--output", "text")
    assert code == 0 and out.strip() == STEPS.strip()
    code, _, err = squall.cli("ssm", "send-command", "--instance-ids", "i-0123456789abcdef0", "--document-name",
                              "AWS-RunShellScript", "--parameters", "commands=uname")
    assert code == 254 and "An error occurred (InvalidInstanceId) when calling the SendCommand operation" in err
    assert "Instances [[i-0123456789abcdef0]] not in a valid state for account 000000000000" in err
    sent = squall.cli_json("ssm", "send-command", "--targets", "Key=tag:role,Values=nobody", "--document-name",
                           "by-cli", "--parameters", '{"address": ["there"]}')
    assert sent["Command"]["Parameters"] == {"address": ["there"]}
    assert squall.cli_json("ssm", "delete-document", "--name", "by-cli") is None


def test_documents_survive_a_kill(serve, tmp_path):
    data = str(tmp_path / "data")
    server = serve("--data", data)
    server.client("ssm").create_document(Name="kept", Content=STEPS, DocumentFormat="YAML")
    server.process.kill()
    server.process.wait()
    server.process.stdout.close()
    assert serve("--data", data).client("ssm").get_document(Name="kept", DocumentFormat="YAML")["Content"] == STEPS


def test_policies_decide(strict):
    iam = strict.client("iam")
    iam.create_user(UserName="operator")
    iam.put_user_policy(UserName="operator", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["ssm:SendCommand", "ssm:GetDocument"],
                       "Resource": ["arn:aws:ssm:*::document/AWS-RunShellScript", "arn:aws:ec2:*:*:instance/*"]}]}))
    key = iam.create_access_key(UserName="operator")["AccessKey"]
    ssm = strict.client("ssm", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert ssm.get_document(Name="AWS-RunShellScript")["DocumentVersion"] == "1"
    send = dict(InstanceIds=["i-0123456789abcdef0"], Parameters={"commands": ["x"]})
    assert refused(ssm.send_command, DocumentName="AWS-RunShellScript", **send)[0] == "InvalidInstanceId"
    code, message = refused(ssm.send_command, DocumentName="other", **send)
    assert code == "AccessDeniedException"
    assert message.startswith("User: arn:aws:iam::000000000000:user/operator is not authorized to perform: "
                              "ssm:SendCommand on resource: arn:aws:ssm:us-east-1:000000000000:document/other")
    assert refused(ssm.list_commands)[0] == "AccessDeniedException"
