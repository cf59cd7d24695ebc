"""Answers of the real AWS, recorded (by LocalStack's authors against AWS, Apache-2.0), beside Squall's to the same calls.

recorded/*.json holds the answers as botocore parsed them, by the name of the test they come from; placeholders such as
"<key-id:1>" stand for values that differ from run to run. Left out are the calls that need operations Squall does not
serve. What differs for a reason stands in DIFFERENCES.
"""
import json
import os
import re

import botocore.exceptions
import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
ACCOUNT = "000000000000"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}]}
ENCODED = "arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Faaeeieije"

# By recorded test: what Squall does not answer, and why.
DIFFERENCES = {
    ("test_create_multi_region_key", "create_multi_region_key"): "Squall refuses multi-Region keys by name",
    ("test_hmac_create_key_invalid_operations", "create-hmac-key-invalid-key-usage"):
        "recorded before AWS had KEY_AGREEMENT",
    ("test_hmac_create_key_invalid_operations", "create-hmac-key-invalid-spec"):
        "recorded before AWS had SM2, ECC_NIST_EDWARDS25519 and ML_DSA",
}

# Members that came to AWS while the recordings were made, and to botocore later still.
LATE = {"KeyMaterialId", "CurrentKeyMaterialId", "SourceKeyMaterialId", "DestinationKeyMaterialId", "SecurityGroupArn",
        "GroupLongName"}


def answer(call, **arguments):
    try:
        result = call(**arguments)
    except botocore.exceptions.ClientError as error:
        result = error.response
    status = result.pop("ResponseMetadata")["HTTPStatusCode"]
    return {"Error": result["Error"], "HTTPStatusCode": status} if "Error" in result else \
        {**result, "HTTPStatusCode": status}


def same(recorded, ours, path="answer"):
    """Equal but for placeholders, which match any text; members are the same on both sides."""
    if isinstance(recorded, dict):
        assert isinstance(ours, dict) and set(recorded) - LATE == set(ours) - LATE, \
            f"{path}: {sorted(recorded)} recorded, {sorted(ours)} ours"
        for name in set(recorded) - LATE:
            same(recorded[name], ours[name], f"{path}.{name}")
    elif isinstance(recorded, list):
        assert len(recorded) == len(ours), path
        for index, (one, other) in enumerate(zip(recorded, ours)):
            same(one, other, f"{path}[{index}]")
    elif recorded in ("datetime", "<datetime>", "ciphertext-blob", "plaintext"):
        assert ours, path
    elif isinstance(recorded, str):
        pattern = re.escape(recorded.replace("111111111111", ACCOUNT))
        assert re.fullmatch(re.sub("<[^<>]*>", ".+", pattern), ours), f"{path}: {recorded!r} recorded, {ours!r} ours"
    else:
        assert recorded == ours, path


def new_key(kms, **more):
    return kms.create_key(**more)["KeyMetadata"]["KeyId"]


# Each answers {name: answer} for the names of the recording.
def describe_key(kms):
    key = new_key(kms, Description="test key 123")
    return {"describe-key": kms.describe_key(KeyId=key)["KeyMetadata"]}


def multi_region_key(kms):
    made = answer(kms.create_key, MultiRegion=True, Description="test multi region key")
    return {"create_multi_region_key": made.get("KeyMetadata", made)}


def alias_arn(kms):
    made = kms.create_key(Description="test - description")["KeyMetadata"]
    kms.create_alias(AliasName="alias/of-it", TargetKeyId=made["KeyId"])
    arn = made["Arn"].replace("key/" + made["KeyId"], "alias/of-it")
    return {"created-key": made, "describe-key": answer(kms.describe_key, KeyId=arn)}


def encryption_context(kms):
    key = new_key(kms)
    made = answer(kms.encrypt, KeyId=key, Plaintext=b"secret", EncryptionContext={"context": "yes"})
    sealed = made["CiphertextBlob"]
    return {"encrypt_response": made,
            "decrypt_response_with_encryption_context":
                answer(kms.decrypt, KeyId=key, CiphertextBlob=sealed, EncryptionContext={"context": "yes"}),
            "decrypt_response_with_invalid_ciphertext":
                answer(kms.decrypt, KeyId=key, CiphertextBlob=sealed[:-1] + bytes([sealed[-1] ^ 1]),
                       EncryptionContext={"context": "yes"}),
            "decrypt_response_without_encryption_context": answer(kms.decrypt, KeyId=key, CiphertextBlob=sealed)}


def data_key_context(kms):
    made = kms.generate_data_key(KeyId=new_key(kms), KeySpec="AES_256", EncryptionContext={"a": "b"})
    return {"decrypt-without-encryption-context": answer(kms.decrypt, CiphertextBlob=made["CiphertextBlob"])}


def reencrypt(kms):
    source, target = new_key(kms), new_key(kms)
    sealed = kms.encrypt(KeyId=source, Plaintext=b"x")["CiphertextBlob"]
    return {"test_re_encrypt": answer(kms.re_encrypt, SourceKeyId=source, DestinationKeyId=target, CiphertextBlob=sealed)}


def reencrypt_of_another(kms):
    source, target = new_key(kms), new_key(kms)
    sealed = kms.encrypt(KeyId=source, Plaintext=b"x")["CiphertextBlob"]
    return {"incorrect-source-key":
            answer(kms.re_encrypt, SourceKeyId=target, DestinationKeyId=target, CiphertextBlob=sealed)}


def untag(kms):
    key = new_key(kms, Tags=[{"TagKey": f"tag{i}", "TagValue": f"value{i}"} for i in (1, 2, 3)])
    before = kms.list_resource_tags(KeyId=key)["Tags"]
    kms.untag_resource(KeyId=key, TagKeys=["tag2"])
    return {"list-resource-tags": before, "list-resource-tags-after-partially-untagged": kms.list_resource_tags(KeyId=key)["Tags"]}


def too_long(kms):
    return {"invalid-plaintext-size-encrypt": answer(kms.encrypt, KeyId=new_key(kms), Plaintext=b"x" * 4097)}


def random_bytes(**count):
    return lambda kms: {"generate-random-exc": answer(kms.generate_random, **count)}


def create_key(name, **arguments):
    return lambda kms: {name: answer(kms.create_key, **arguments)}


def refused_keys(kms):
    return {**create_key("create-hmac-key-invalid-key-usage", KeySpec="HMAC_256", KeyUsage="RANDOM")(kms),
            **create_key("create-hmac-key-invalid-spec", KeySpec="HMAC_random", KeyUsage="GENERATE_VERIFY_MAC")(kms),
            **create_key("create-hmac-key-without-key-usage", KeySpec="HMAC_256")(kms)}


KMS = {
    "test_create_key": describe_key,
    "test_create_multi_region_key": multi_region_key,
    "test_describe_with_alias_arn": alias_arn,
    "test_encrypt_decrypt_encryption_context": encryption_context,
    "test_encryption_context_generate_data_key": data_key_context,
    "test_generate_random_invalid_number_of_bytes[0]": random_bytes(NumberOfBytes=0),
    "test_generate_random_invalid_number_of_bytes[1025]": random_bytes(NumberOfBytes=1025),
    "test_generate_random_invalid_number_of_bytes[None]": random_bytes(),
    "test_hmac_create_key_invalid_operations": refused_keys,
    "test_key_with_long_tag_value_raises_error":
        create_key("too-long-tag-value", Tags=[{"TagKey": "t", "TagValue": "v" * 257}]),
    "test_tag_key_with_duplicate_tag_keys_raises_error":
        create_key("duplicate-tag-keys", Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "a", "TagValue": "2"}]),
    "test_plaintext_size_for_encrypt": too_long,
    "test_re_encrypt[SYMMETRIC_DEFAULT-SYMMETRIC_DEFAULT]": reencrypt,
    "test_re_encrypt_incorrect_source_key": reencrypt_of_another,
    "test_untag_key_partially": untag,
    "test_generate_data_key":
        lambda kms: {"generate-data-key-result": answer(kms.generate_data_key, KeyId=new_key(kms), KeySpec="AES_256")},
    "test_generate_data_key_without_plaintext":
        lambda kms: {"generate-data-key-without-plaintext":
                     answer(kms.generate_data_key_without_plaintext, KeyId=new_key(kms), KeySpec="AES_256")},
}


def role_life(iam):
    trust = json.dumps(TRUST).replace("ec2.", "lambda.")
    made = answer(iam.create_role, RoleName="r", Path="/p/", AssumeRolePolicyDocument=trust)
    found = answer(iam.get_role, RoleName="r")
    return {"create-role-response": made, "get-role-response": found, "delete-role-response": answer(iam.delete_role, RoleName="r")}


def roles_below(iam, **more):
    made = answer(iam.create_role, RoleName="r", Path="/below/", AssumeRolePolicyDocument=json.dumps(TRUST), **more)
    return {"create_role_result": made, "get_role_result": answer(iam.get_role, RoleName="r"),
            "list_roles_result": answer(iam.list_roles, PathPrefix="/below/")}


def bounded_role(iam):
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    made = roles_below(iam, PermissionsBoundary=boundary)
    # The recording's authors took the boundary out of what they kept of the new role.
    made["create_role_result"]["Role"].pop("PermissionsBoundary", None)
    return {"created_role": made["create_role_result"], "list_roles_result": made["list_roles_result"]}


def attach(iam, call, **owner):
    document = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    made = answer(iam.create_policy, PolicyName="pol", PolicyDocument=document)
    arn = made["Policy"]["Arn"]
    return {"create_policy_response": made,
            "existing_policy_name_provided": answer(call, PolicyArn="pol", **owner),
            "non_existent_malformed_policy_arn": answer(call, PolicyArn="longpolicynamebutnoarn", **owner),
            "valid_arn_not_existent": answer(call, PolicyArn=arn + "123", **owner),
            "valid_policy_arn": answer(call, PolicyArn=arn, **owner)}


def attach_to_role(iam):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))
    return attach(iam, iam.attach_role_policy, RoleName="r")


def attach_to_user(iam):
    iam.create_user(UserName="u")
    return attach(iam, iam.attach_user_policy, UserName="u")


def update_trust(iam):
    trust = json.dumps({**TRUST, "Statement": [{"Action": ["sts:AssumeRole"], "Effect": "Allow",
                                                "Principal": {"Service": ["ec2.amazonaws.com"]}}]})
    made = answer(iam.create_role, RoleName="r", AssumeRolePolicyDocument=trust)
    return {"created_role": made, "updated_policy": answer(iam.update_assume_role_policy, RoleName="r", PolicyDocument=trust)}


def encoded_policy(iam):
    trust = {**TRUST, "Statement": [{**TRUST["Statement"][0], "Principal": {"Service": "lambda.amazonaws.com"},
                                     "Condition": {"StringEquals": {"aws:SourceArn": ENCODED}}}]}
    made = answer(iam.create_role, RoleName="r", Path="/e/", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Action": ["apigatway:PUT"], "Effect": "Allow", "Resource": [
            "arn:aws:apigateway:us-east-1::/tags/" + ENCODED]}]}))
    return {"create-role-response": made, "get-policy-response": answer(iam.get_role_policy, RoleName="r", PolicyName="p"),
            "get-role-response": answer(iam.get_role, RoleName="r"),
            "list-roles-response": answer(iam.list_roles, PathPrefix="/e/")}


IAM = {
    "test_create_role_with_malformed_assume_role_policy_document":
        lambda iam: {"invalid-json": answer(iam.create_role, RoleName="r", AssumeRolePolicyDocument='{"a":}')},
    "test_role_with_path_lifecycle": role_life,
    "test_create_describe_role": roles_below,
    "test_list_roles_with_permission_boundary": bounded_role,
    "test_role_attach_policy": attach_to_role,
    "test_user_attach_policy": attach_to_user,
    "test_update_assume_role_policy": update_trust,
    "test_put_role_policy_encoding": encoded_policy,
}


def assume(sts, arn, session="session"):
    return answer(sts.assume_role, RoleArn=arn, RoleSessionName=session)


STS = {"test_sts_invalid_parameters": lambda sts: {
    "malformed-arn": assume(sts, "nothing-valid-in-here"),
    "no-partition": assume(sts, "arn::b:::something/test-role"),
    "no-service": assume(sts, "arn:a::::something/test-role"),
    "not-enough-colons": assume(sts, "arn:a:::something/test-role"),
    "no-resource": assume(sts, "arn:a:a::aaaaaaaaaa:"),
    "invalid-session-name": assume(sts, "arn:aws:iam::000000000000:role/role-name", "Session1:2"),
}}


def key_pair_life(ec2):
    ec2.create_key_pair(KeyName="k")
    made = answer(ec2.describe_key_pairs, KeyNames=["k"])
    ec2.delete_key_pair(KeyName="k")
    return {"key_pair": made, "key_pair_deleted": answer(ec2.describe_key_pairs, KeyNames=["k"])}


def tagged_group(ec2):
    group = ec2.create_security_group(GroupName="g", Description="Security Group", TagSpecifications=[
        {"ResourceType": "security-group", "Tags": [{"Key": f"key{i}", "Value": f"value{i}"} for i in (1, 2)]}])["GroupId"]
    return {"security-group": ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]}


EC2 = {
    "test_deploy_instance_with_key_pair": key_pair_life,
    "test_deploy_security_group_with_tags": tagged_group,
    "test_get_security_groups_for_vpc":
        lambda ec2: {"create_security_group": answer(ec2.create_security_group, GroupName="g", Description="d")},
    "test_describe_availability_zones_filter_with_zone_ids": lambda ec2: {
        "availability_zones": answer(ec2.describe_availability_zones,
                                     Filters=[{"Name": "zone-id", "Values": ["use1-az1"]}])},
}
CALLS = {"kms": KMS, "iam": IAM, "sts": STS, "ec2": EC2}


@pytest.mark.parametrize("service, name", [(service, name) for service, calls in CALLS.items() for name in calls])
def test_answers_as_aws_did(serve, service, name):
    with open(os.path.join(HERE, "recorded", service + ".json")) as file:
        recorded = json.load(file)[name]
    # botocore would refuse some of the bad values before they leave.
    client = serve().client(service, config=botocore.config.Config(retries={"max_attempts": 0}, parameter_validation=False))
    ours = CALLS[service][name](client)
    assert set(recorded) == set(ours)
    for answer_name in recorded:
        if (reason := DIFFERENCES.get((name, answer_name))) is None:
            same(recorded[answer_name], ours[answer_name], answer_name)
        else:
            with pytest.raises(AssertionError):
                same(recorded[answer_name], ours[answer_name], answer_name)
                pytest.fail(f"no longer differs: {reason}")
