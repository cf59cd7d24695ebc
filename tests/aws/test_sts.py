"""STS, signatures and rights, as a strict server enforces them."""
import json

import pytest
from botocore.exceptions import ClientError
from test_iam import EC2_TRUST, allow, refused

ACCOUNT = "000000000000"


def trust(principal, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole", "sts:TagSession"], **more}]})


class Person:
    """A user of a strict server with a key of its own."""

    def __init__(self, server, name, policy=None):
        iam = server.client("iam")
        iam.create_user(UserName=name)
        self.server = server
        if policy:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
        self.key = iam.create_access_key(UserName=name)["AccessKey"]

    def client(self, service):
        return self.server.client(service, aws_access_key_id=self.key["AccessKeyId"],
                                  aws_secret_access_key=self.key["SecretAccessKey"])


def client_of(server, service, credentials):
    return server.client(service, aws_access_key_id=credentials["AccessKeyId"],
                         aws_secret_access_key=credentials["SecretAccessKey"],
                         aws_session_token=credentials["SessionToken"])


def test_open_mode_knows_the_keys_it_issued(serve):
    server = serve()
    assert server.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    user = Person(server, "u")
    assert user.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/u"


def test_signatures(serve):
    server = serve("--auth", "strict")
    user = Person(server, "u")
    identity = user.client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/u" and identity["UserId"].startswith("AIDA")
    wrong = dict(aws_access_key_id=user.key["AccessKeyId"], aws_secret_access_key="wrong")
    refused(server.client("sts", **wrong).get_caller_identity, "SignatureDoesNotMatch", status=403)
    refused(server.client("kms", **wrong).list_keys, "InvalidSignatureException", status=400)
    unknown = dict(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")
    refused(server.client("sts", **unknown).get_caller_identity, "InvalidClientTokenId",
            "The security token included in the request is invalid.", 403)
    refused(server.client("kms", **unknown).list_keys, "UnrecognizedClientException", status=400)
    server.client("iam").update_access_key(UserName="u", AccessKeyId=user.key["AccessKeyId"], Status="Inactive")
    refused(user.client("sts").get_caller_identity, "InvalidClientTokenId")


def test_rights_follow_the_policies_at_once(serve):
    server = serve("--auth", "strict")
    iam, user = server.client("iam"), Person(server, "u")
    arn = f"arn:aws:iam::{ACCOUNT}:user/u"
    refused(user.client("kms").create_key, "AccessDeniedException",
            f"User: {arn} is not authorized to perform: kms:CreateKey because no identity-based policy allows the "
            "kms:CreateKey action", 400)
    refused(user.client("iam").list_users, "AccessDenied",
            f"User: {arn} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::{ACCOUNT}:user/ because "
            "no identity-based policy allows the iam:ListUsers action", 403)
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=allow(["kms:*", "iam:List*"]))
    key = user.client("kms").create_key()["KeyMetadata"]
    sealed = user.client("kms").encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    assert user.client("iam").list_users()["Users"][0]["UserName"] == "u"
    deny = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}})
    iam.put_user_policy(UserName="u", PolicyName="d", PolicyDocument=deny)
    refused(user.client("kms").decrypt, "AccessDeniedException",
            f"User: {arn} is not authorized to perform: kms:Decrypt on resource: {key['Arn']} with an explicit deny in "
            "an identity-based policy", CiphertextBlob=sealed)
    used = iam.get_access_key_last_used(AccessKeyId=user.key["AccessKeyId"])["AccessKeyLastUsed"]
    assert used["Region"] == "us-east-1" and used["ServiceName"] in ("kms", "iam")


def test_a_boundary_limits(serve):
    server = serve("--auth", "strict")
    boundary = server.client("iam").create_policy(PolicyName="b", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    server.client("iam").create_user(UserName="u", PermissionsBoundary=boundary)
    server.client("iam").put_user_policy(UserName="u", PolicyName="p", PolicyDocument=allow("*"))
    key = server.client("iam").create_access_key(UserName="u")["AccessKey"]
    kms = server.client("kms", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    refused(kms.list_keys, "AccessDeniedException",
            f"User: arn:aws:iam::{ACCOUNT}:user/u is not authorized to perform: kms:ListKeys because no permissions "
            "boundary allows the kms:ListKeys action")


def test_assume_role(serve):
    server = serve("--auth", "strict")
    iam, user = server.client("iam"), Person(server, "u")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/u"}))["Role"]
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=allow("kms:*"))
    answer = user.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="session")
    assert answer["AssumedRoleUser"] == {"AssumedRoleId": role["RoleId"] + ":session",
                                         "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session"}
    given = answer["Credentials"]
    assert given["AccessKeyId"].startswith("ASIA") and len(given["AccessKeyId"]) == 20
    who = client_of(server, "sts", given).get_caller_identity()
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session" and who["UserId"] == role["RoleId"] + ":session"
    client_of(server, "kms", given).list_keys()
    refused(client_of(server, "iam", given).list_users, "AccessDenied")
    refused(client_of(server, "sts", {**given, "SessionToken": "other"}).get_caller_identity, "InvalidClientTokenId")
    limited = user.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="session",
                                             Policy=allow("kms:DescribeKey"))["Credentials"]
    refused(client_of(server, "kms", limited).list_keys, "AccessDeniedException",
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/r/session is not authorized to perform: kms:ListKeys because no "
            "session policy allows the kms:ListKeys action")
    iam.delete_role_policy(RoleName="r", PolicyName="p")
    iam.delete_role(RoleName="r")
    refused(client_of(server, "sts", given).get_caller_identity, "InvalidClientTokenId")


def test_who_may_not_assume(serve):
    server = serve("--auth", "strict")
    iam, user = server.client("iam"), Person(server, "u")
    arn = iam.create_role(RoleName="r", AssumeRolePolicyDocument=EC2_TRUST)["Role"]["Arn"]
    sts = user.client("sts")
    denied = f"User: arn:aws:iam::{ACCOUNT}:user/u is not authorized to perform: sts:AssumeRole on resource: "
    refused(sts.assume_role, "AccessDenied", denied + arn, 403, RoleArn=arn, RoleSessionName="session")
    refused(sts.assume_role, "AccessDenied", denied + arn + "x", RoleArn=arn + "x", RoleSessionName="session")
    refused(server.client("sts").assume_role, "AccessDenied", "Roles may not be assumed by root accounts.", 403,
            RoleArn=arn, RoleSessionName="session")
    # The account's trust delegates to its own policies.
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=trust(
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Condition={"StringEquals": {"sts:ExternalId": "xx"}}))
    refused(sts.assume_role, "AccessDenied", RoleArn=arn, RoleSessionName="session", ExternalId="xx")
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=allow("sts:AssumeRole", arn))
    refused(sts.assume_role, "AccessDenied", RoleArn=arn, RoleSessionName="session", ExternalId="yy")
    sts.assume_role(RoleArn=arn, RoleSessionName="session", ExternalId="xx")
    refused(sts.assume_role, "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400,
            RoleArn=arn, RoleSessionName="session", ExternalId="xx", DurationSeconds=7200)


# Recorded, but for the account's digits.
@pytest.mark.parametrize("arn, message", [
    ("nothing-valid-in-here", "nothing-valid-in-here is invalid"),
    ("arn:a:::something/test-role", "arn:a:::something/test-role is invalid"),
    ("arn:a::::something/test-role", "arn:a::::something/test-role is invalid"),
    ("arn:a:a::aaaaaaaaaa:", "arn:a:a::aaaaaaaaaa: is invalid"),
    ("arn::b:::something/test-role", "arn::b:::something/test-role is invalid"),
])
def test_arns_that_are_none(squall, arn, message):
    refused(squall.client("sts").assume_role, "ValidationError", message, 400, RoleArn=arn, RoleSessionName="session")


def test_session_names_are_validated(squall):
    refused(squall.client("sts").assume_role, "ValidationError",
            "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member "
            "must satisfy regular expression pattern: [\\w+=,.@-]*", 400,
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/r", RoleSessionName="Session1:2")


def test_session_tags(serve):
    server = serve("--auth", "strict")
    iam, user = server.client("iam"), Person(server, "u", allow("sts:*"))
    first = iam.create_role(RoleName="a", AssumeRolePolicyDocument=trust({"AWS": ACCOUNT}))["Role"]["Arn"]
    second = iam.create_role(RoleName="b", AssumeRolePolicyDocument=trust({"AWS": ACCOUNT}))["Role"]["Arn"]
    iam.put_role_policy(RoleName="a", PolicyName="p", PolicyDocument=allow("sts:*"))
    iam.put_role_policy(RoleName="b", PolicyName="p", PolicyDocument=allow(
        "kms:ListKeys", Condition={"StringEquals": {"aws:PrincipalTag/team": "infra"}}))
    made = user.client("sts").assume_role(RoleArn=first, RoleSessionName="session", Tags=[{"Key": "team", "Value": "infra"}],
                                          TransitiveTagKeys=["team"])
    assert made["PackedPolicySize"] == 1  # tags take of the space too: "session policies and session tags combined"
    sts = client_of(server, "sts", made["Credentials"])
    # Recorded text.
    refused(sts.assume_role, "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
            "the calling session.", 400,
            RoleArn=second, RoleSessionName="session", Tags=[{"Key": "Team", "Value": "web"}])
    two = sts.assume_role(RoleArn=second, RoleSessionName="session")
    assert "PackedPolicySize" not in two
    two = two["Credentials"]
    client_of(server, "kms", two).list_keys()
    plain = user.client("sts").assume_role(RoleArn=second, RoleSessionName="session")["Credentials"]
    with pytest.raises(ClientError):
        client_of(server, "kms", plain).list_keys()


def test_mfa_is_refused_by_name(squall):
    with pytest.raises(ClientError) as problem:
        squall.client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/r", RoleSessionName="session",
                                         SerialNumber=f"arn:aws:iam::{ACCOUNT}:mfa/u", TokenCode="123456")
    assert "SerialNumber" in problem.value.response["Error"]["Message"]
