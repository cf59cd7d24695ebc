"""IAM by boto3 and the AWS CLI: what AWS answers, good and bad input."""
import json

import pytest
from botocore.exceptions import ClientError

EC2_TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def allow(action, resource="*", **more):
    return json.dumps({"Version": "2012-10-17",
                       "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]})


@pytest.fixture
def iam(serve):
    return serve().client("iam")


def refused(call, code, message=None, status=None, **arguments):
    with pytest.raises(ClientError) as problem:
        call(**arguments)
    error = problem.value.response["Error"]
    assert error["Code"] == code, error
    if message is not None:
        assert error["Message"] == message
    if status is not None:
        assert problem.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_user_life(iam):
    made = iam.create_user(UserName="u", Path="/ops/", Tags=[{"Key": "team", "Value": "infra"}])["User"]
    assert made["Arn"] == "arn:aws:iam::000000000000:user/ops/u"
    assert made["UserId"].startswith("AIDA") and len(made["UserId"]) == 21
    assert iam.get_user(UserName="u")["User"]["Tags"] == [{"Key": "team", "Value": "infra"}]
    refused(iam.create_user, "EntityAlreadyExists", "User with name u already exists.", 409, UserName="u")
    refused(iam.create_user, "EntityAlreadyExists", UserName="U")
    iam.update_user(UserName="u", NewUserName="v", NewPath="/")
    refused(iam.get_user, "NoSuchEntity", "The user with name u cannot be found.", 404, UserName="u")
    assert [u["UserName"] for u in iam.list_users()["Users"]] == ["v"]
    assert iam.list_users(PathPrefix="/ops/")["Users"] == []
    iam.delete_user(UserName="v")
    refused(iam.delete_user, "NoSuchEntity", UserName="v")


def test_tags_of_a_user(iam):
    iam.create_user(UserName="u")
    iam.tag_user(UserName="u", Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}])
    iam.tag_user(UserName="u", Tags=[{"Key": "a", "Value": "3"}])
    iam.untag_user(UserName="u", TagKeys=["b", "nope"])
    assert iam.list_user_tags(UserName="u")["Tags"] == [{"Key": "a", "Value": "3"}]
    refused(iam.tag_user, "NoSuchEntity", UserName="v", Tags=[{"Key": "a", "Value": "1"}])
    refused(iam.tag_user, "InvalidInput", UserName="u", Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}])


def test_access_keys(iam):
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]
    assert key["AccessKeyId"].startswith("AKIA") and len(key["AccessKeyId"]) == 20
    assert len(key["SecretAccessKey"]) == 40 and key["Status"] == "Active"
    iam.create_access_key(UserName="u")
    refused(iam.create_access_key, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409, UserName="u")
    iam.update_access_key(UserName="u", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    listed = {k["AccessKeyId"]: k["Status"] for k in iam.list_access_keys(UserName="u")["AccessKeyMetadata"]}
    assert listed[key["AccessKeyId"]] == "Inactive" and len(listed) == 2
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert used["UserName"] == "u" and used["AccessKeyLastUsed"]["ServiceName"] == "N/A"
    refused(iam.delete_user, "DeleteConflict", "Cannot delete entity, must delete access keys first.", 409, UserName="u")
    for key_id in listed:
        iam.delete_access_key(UserName="u", AccessKeyId=key_id)
    refused(iam.delete_access_key, "NoSuchEntity",
            f"The Access Key with id {key['AccessKeyId']} cannot be found.", 404,
            UserName="u", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="u")


def test_role_life(iam):
    made = iam.create_role(RoleName="r", Path="/p/", AssumeRolePolicyDocument=EC2_TRUST)["Role"]
    assert made["Arn"] == "arn:aws:iam::000000000000:role/p/r" and made["RoleId"].startswith("AROA")
    # As recorded: neither is told of a new role, both of one that is asked for.
    assert "MaxSessionDuration" not in made and "RoleLastUsed" not in made
    read = iam.get_role(RoleName="r")["Role"]
    assert read["MaxSessionDuration"] == 3600 and read["RoleLastUsed"] == {}
    assert read["AssumeRolePolicyDocument"] == json.loads(EC2_TRUST)
    listed = iam.list_roles()["Roles"][0]
    assert "RoleLastUsed" not in listed and listed["AssumeRolePolicyDocument"] == json.loads(EC2_TRUST)
    iam.update_role(RoleName="r", Description="d", MaxSessionDuration=7200)
    assert iam.get_role(RoleName="r")["Role"]["MaxSessionDuration"] == 7200
    refused(iam.create_role, "EntityAlreadyExists", "Role with name r already exists.", 409,
            RoleName="r", AssumeRolePolicyDocument=EC2_TRUST)
    iam.tag_role(RoleName="r", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.tag_role(RoleName="r", Tags=[{"Key": "a", "Value": "3"}])
    iam.untag_role(RoleName="r", TagKeys=["b"])
    assert iam.list_role_tags(RoleName="r")["Tags"] == [{"Key": "a", "Value": "3"}]
    refused(iam.tag_role, "InvalidInput",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.", 400,
            RoleName="r", Tags=[{"Key": "x", "Value": "1"}, {"Key": "X", "Value": "2"}])
    iam.delete_role(RoleName="r")
    refused(iam.get_role, "NoSuchEntity", "The role with name r cannot be found.", 404, RoleName="r")


@pytest.mark.parametrize("document, message", [
    ("{", "This policy contains invalid Json"),
    (allow("sts:AssumeRole"), "Has prohibited field Resource"),
    (EC2_TRUST.replace("sts:", "s3:"), "AssumeRole policy may only specify STS AssumeRole actions."),
    (EC2_TRUST.replace('{"Service": "ec2.amazonaws.com"}', '{"AWS": "arn:aws:iam::000000000000:user/none"}'),
     'Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:user/none"'),
])
def test_bad_trust_policies(squall, document, message):
    refused(squall.client("iam").create_role, "MalformedPolicyDocument", message, 400,
            RoleName="bad", AssumeRolePolicyDocument=document)


def test_inline_policies(iam):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2_TRUST)
    iam.create_user(UserName="u")
    for name, put, get, names, delete in (
            ({"RoleName": "r"}, iam.put_role_policy, iam.get_role_policy, iam.list_role_policies, iam.delete_role_policy),
            ({"UserName": "u"}, iam.put_user_policy, iam.get_user_policy, iam.list_user_policies, iam.delete_user_policy)):
        put(PolicyName="p", PolicyDocument=allow("s3:*"), **name)
        put(PolicyName="p", PolicyDocument=allow("kms:*"), **name)
        assert get(PolicyName="p", **name)["PolicyDocument"] == json.loads(allow("kms:*"))
        assert names(**name)["PolicyNames"] == ["p"]
        word = "role" if "RoleName" in name else "user"
        refused(get, "NoSuchEntity", f"The {word} policy with name q cannot be found.", 404, PolicyName="q", **name)
        refused(put, "MalformedPolicyDocument", "Syntax errors in policy.", 400, PolicyName="q", PolicyDocument="{", **name)
        refused(put, "LimitExceeded", PolicyName="q", PolicyDocument=allow(["s3:" + "x" * 100] * 110), **name)
        drop = iam.delete_role if word == "role" else iam.delete_user
        refused(drop, "DeleteConflict", "Cannot delete entity, must delete policies first.", 409, **name)
        delete(PolicyName="p", **name)
        drop(**name)


def test_managed_policies_and_versions(iam):
    arn = iam.create_policy(PolicyName="p", PolicyDocument=allow("s3:*"), Description="d")["Policy"]["Arn"]
    assert arn == "arn:aws:iam::000000000000:policy/p"
    refused(iam.create_policy, "EntityAlreadyExists",
            "A policy called p already exists. Duplicate names are not allowed.", 409,
            PolicyName="p", PolicyDocument=allow("s3:*"))
    for number in range(2, 6):
        made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow(f"kms:A{number}"), SetAsDefault=number == 3)
        assert made["PolicyVersion"]["VersionId"] == f"v{number}"
    refused(iam.create_policy_version, "LimitExceeded", PolicyArn=arn, PolicyDocument=allow("s3:*"))
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v3"
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v3")["PolicyVersion"]["Document"] == json.loads(allow("kms:A3"))
    assert [v["VersionId"] for v in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == ["v5", "v4", "v3", "v2", "v1"]
    refused(iam.delete_policy_version, "DeleteConflict", "Cannot delete the default version of a policy.", 409,
            PolicyArn=arn, VersionId="v3")
    refused(iam.delete_policy, "DeleteConflict", PolicyArn=arn)
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    for version in ("v2", "v3", "v4", "v5"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)
    refused(iam.get_policy, "NoSuchEntity", f"Policy {arn} was not found.", 404, PolicyArn=arn)
    assert iam.list_policies(Scope="Local")["Policies"] == []
    names = {p["PolicyName"] for p in iam.list_policies(Scope="AWS")["Policies"]}
    assert {"AdministratorAccess", "AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy", "ReadOnlyAccess"} <= names


def test_attachments(iam):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2_TRUST)
    iam.create_user(UserName="u")
    ssm = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    iam.attach_role_policy(RoleName="r", PolicyArn=ssm)
    iam.attach_role_policy(RoleName="r", PolicyArn=ssm)
    iam.attach_user_policy(UserName="u", PolicyArn=ssm)
    assert iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"] == [
        {"PolicyName": "AmazonSSMManagedInstanceCore", "PolicyArn": ssm}]
    users = iam.list_entities_for_policy(PolicyArn=ssm, EntityFilter="User")
    assert [u["UserName"] for u in users["PolicyUsers"]] == ["u"] and users["PolicyRoles"] == []
    assert iam.get_policy(PolicyArn=ssm)["Policy"]["AttachmentCount"] == 2
    # As recorded.
    refused(iam.attach_role_policy, "ValidationError", "Invalid ARN:  Could not be parsed!", 400,
            RoleName="r", PolicyArn="longpolicynamebutnoarn")
    gone = "arn:aws:iam::000000000000:policy/none"
    refused(iam.attach_role_policy, "NoSuchEntity", f"Policy {gone} does not exist or is not attachable.", 404,
            RoleName="r", PolicyArn=gone)
    refused(iam.delete_role, "DeleteConflict", "Cannot delete entity, must detach all policies first.", 409, RoleName="r")
    iam.detach_role_policy(RoleName="r", PolicyArn=ssm)
    refused(iam.detach_role_policy, "NoSuchEntity", f"Policy {ssm} was not found.", 404, RoleName="r", PolicyArn=ssm)
    iam.detach_user_policy(UserName="u", PolicyArn=ssm)
    assert iam.list_attached_user_policies(UserName="u")["AttachedPolicies"] == []


def test_instance_profiles(iam):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2_TRUST)
    made = iam.create_instance_profile(InstanceProfileName="ip")["InstanceProfile"]
    assert made["InstanceProfileId"].startswith("AIPA") and made["Roles"] == []
    iam.add_role_to_instance_profile(InstanceProfileName="ip", RoleName="r")
    refused(iam.add_role_to_instance_profile, "LimitExceeded",
            "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409, InstanceProfileName="ip", RoleName="r")
    read = iam.get_instance_profile(InstanceProfileName="ip")["InstanceProfile"]
    assert read["Roles"][0]["RoleName"] == "r" and "MaxSessionDuration" not in read["Roles"][0]
    assert len(iam.list_instance_profiles_for_role(RoleName="r")["InstanceProfiles"]) == 1
    assert len(iam.list_instance_profiles()["InstanceProfiles"]) == 1
    refused(iam.delete_role, "DeleteConflict",
            "Cannot delete entity, must remove roles from instance profile first.", 409, RoleName="r")
    refused(iam.delete_instance_profile, "DeleteConflict", InstanceProfileName="ip")
    iam.remove_role_from_instance_profile(InstanceProfileName="ip", RoleName="r")
    iam.delete_instance_profile(InstanceProfileName="ip")
    refused(iam.get_instance_profile, "NoSuchEntity", "Instance Profile ip cannot be found.", 404,
            InstanceProfileName="ip")
    iam.delete_role(RoleName="r")


def test_pages(iam):
    for number in range(5):
        iam.create_user(UserName=f"u{number}")
    first = iam.list_users(MaxItems=2)
    assert first["IsTruncated"] and [u["UserName"] for u in first["Users"]] == ["u0", "u1"]
    rest = iam.list_users(MaxItems=10, Marker=first["Marker"])
    assert not rest["IsTruncated"] and [u["UserName"] for u in rest["Users"]] == ["u2", "u3", "u4"]
    pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2})
    assert len([u for page in pages for u in page["Users"]]) == 5
    refused(iam.list_users, "ValidationError", "Invalid Marker.", 400, Marker="no marker")


def test_bad_input_is_named(squall):
    iam = squall.client("iam")
    refused(iam.create_user, "ValidationError", UserName="a b")
    refused(iam.create_user, "NoSuchEntity",
            "Scope ARN: arn:aws:iam::aws:policy/None does not exist or is not attachable.", 404,
            UserName="u", PermissionsBoundary="arn:aws:iam::aws:policy/None")


def test_policies_survive_a_restart(serve, tmp_path):
    file = str(tmp_path / "region.db")
    server = serve("--data", file, "--auth", "strict")
    server.client("iam").create_user(UserName="u")
    server.stop()
    again = serve("--data", file, "--auth", "strict")
    assert again.access_key_id == server.access_key_id and again.secret_access_key == server.secret_access_key
    assert again.client("iam").get_user(UserName="u")["User"]["UserName"] == "u"


def test_cli_reads_what_it_wrote(squall):
    made = squall.cli_json("iam", "create-role", "--role-name", "cli", "--assume-role-policy-document", EC2_TRUST)
    assert made["Role"]["AssumeRolePolicyDocument"] == json.loads(EC2_TRUST)
    assert squall.cli_json("iam", "get-role", "--role-name", "cli")["Role"]["Arn"] == made["Role"]["Arn"]
    code, _, err = squall.cli("iam", "get-role", "--role-name", "none")
    assert code == 254
    assert "(NoSuchEntity) when calling the GetRole operation" in err
    assert err.strip().endswith("The role with name none cannot be found.")
