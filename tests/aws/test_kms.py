"""KMS as boto3 and the AWS CLI see it: every operation that is served, good and bad input."""
import base64
import json

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ABSENT = "00000000-0000-4000-8000-000000000000"
REGION = "eu-central-1"


@pytest.fixture
def kms(squall):
    # boto3's own checks are off, so that what is wrong reaches the server.
    return squall.client("kms", region_name=REGION,
                         config=Config(parameter_validation=False, retries={"max_attempts": 0}))


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]


def refused(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400, response
    return response["Error"]["Code"], response["Error"]["Message"]


def one_violation(value, member, rule):
    return ("ValidationException",
            f"1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: {rule}")


def test_a_keys_whole_life(kms, key):
    arn = key["Arn"]
    assert key["KeyState"] == "Enabled" and key["Enabled"] and key["KeyManager"] == "CUSTOMER"
    kms.update_key_description(KeyId=arn, Description="for vault")
    kms.disable_key(KeyId=key["KeyId"])
    described = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert (described["KeyState"], described["Enabled"], described["Description"]) == ("Disabled", False, "for vault")
    kms.enable_key(KeyId=arn)
    scheduled = kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    assert scheduled["KeyId"] == arn and scheduled["KeyState"] == "PendingDeletion"
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["DeletionDate"] == scheduled["DeletionDate"]
    assert (scheduled["DeletionDate"] - key["CreationDate"]).days in (6, 7)
    assert kms.cancel_key_deletion(KeyId=arn)["KeyId"] == arn
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Disabled"


def test_encrypt_and_decrypt(kms, key):
    context = {"b": "2", "a": "ä"}
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"\0secret\xff", EncryptionContext=context)
    assert sealed["KeyId"] == key["Arn"] and b"secret" not in sealed["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=dict(reversed(context.items())))
    assert opened["Plaintext"] == b"\0secret\xff"
    assert refused(kms.decrypt, CiphertextBlob=sealed["CiphertextBlob"]) == ("InvalidCiphertextException", "")
    changed = bytearray(sealed["CiphertextBlob"])
    changed[-1] ^= 1
    assert refused(kms.decrypt, CiphertextBlob=bytes(changed), EncryptionContext=context)[0] == "InvalidCiphertextException"


def test_data_keys_and_re_encryption(kms, key):
    made = kms.generate_data_key(KeyId=key["Arn"], KeySpec="AES_256")
    assert len(made["Plaintext"]) == 32
    other = kms.create_key()["KeyMetadata"]
    moved = kms.re_encrypt(CiphertextBlob=made["CiphertextBlob"], DestinationKeyId=other["KeyId"])
    assert (moved["SourceKeyId"], moved["KeyId"]) == (key["Arn"], other["Arn"])
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], KeyId=other["KeyId"])["Plaintext"] == made["Plaintext"]
    assert refused(kms.decrypt, CiphertextBlob=moved["CiphertextBlob"], KeyId=key["KeyId"]) == (
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.")
    hidden = kms.generate_data_key_without_plaintext(KeyId=key["Arn"], NumberOfBytes=64)
    assert "Plaintext" not in hidden
    assert len(kms.decrypt(CiphertextBlob=hidden["CiphertextBlob"])["Plaintext"]) == 64
    for size in (1, 12, 44, 91, 1024):
        assert len(kms.generate_random(NumberOfBytes=size)["Plaintext"]) == size


def test_a_key_that_may_not_be_used(kms, key):
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    kms.disable_key(KeyId=key["KeyId"])
    assert refused(kms.decrypt, CiphertextBlob=blob) == ("DisabledException", f"{key['Arn']} is disabled.")
    kms.schedule_key_deletion(KeyId=key["KeyId"])
    pending = ("KMSInvalidStateException", f"{key['Arn']} is pending deletion.")
    assert refused(kms.decrypt, CiphertextBlob=blob) == pending
    assert refused(kms.encrypt, KeyId=key["KeyId"], Plaintext=b"x") == pending
    assert refused(kms.enable_key, KeyId=key["KeyId"]) == pending


def test_names_of_keys(kms, key):
    arn = f"arn:aws:kms:{REGION}:000000000000:"
    assert refused(kms.describe_key, KeyId=ABSENT) == ("NotFoundException", f"Key '{arn}key/{ABSENT}' does not exist")
    assert refused(kms.describe_key, KeyId="alias/none") == ("NotFoundException", f"Alias {arn}alias/none is not found.")
    assert refused(kms.describe_key, KeyId="none") == ("NotFoundException", "Invalid keyId 'none'")
    assert refused(kms.describe_key, KeyId=key["Arn"].replace(REGION, "us-west-2")) == (
        "NotFoundException", "Invalid arn us-west-2")
    assert refused(kms.enable_key, KeyId="alias/none")[0] == "NotFoundException"


def test_what_validation_says(kms, key):
    assert refused(kms.describe_key) == one_violation("null", "keyId", "Member must not be null")
    assert refused(kms.describe_key, KeyId="")[0] == "ValidationException"
    assert refused(kms.encrypt, KeyId=key["KeyId"], Plaintext=b"x" * 4097) == (
        "ValidationException", "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: "
        "Member must have length less than or equal to 4096")
    assert refused(kms.generate_random) == ("ValidationException", "NumberOfBytes is required.")
    assert refused(kms.generate_random, NumberOfBytes=1025) == one_violation(
        "'1025'", "numberOfBytes", "Member must have value less than or equal to 1024")
    assert refused(kms.decrypt) == one_violation("null", "ciphertextBlob", "Member must not be null")
    assert refused(kms.generate_data_key, KeyId=key["KeyId"]) == (
        "ValidationException", "Please specify either number of bytes or key spec.")
    for days in (6, 31):
        assert refused(kms.schedule_key_deletion, KeyId=key["KeyId"], PendingWindowInDays=days) == (
            "ValidationException", "PendingWindowInDays must be between 7 and 30")
    assert refused(kms.list_aliases, Limit=101) == one_violation(
        "'101'", "limit", "Member must have value less than or equal to 100")
    assert refused(kms.list_keys, Marker="?")[0] == "InvalidMarkerException"
    assert refused(kms.create_key, KeySpec="HMAC_256")[0] == "ValidationException"


def test_what_is_not_served_is_refused_by_name(kms, key):
    for arguments in ({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}, {"Origin": "EXTERNAL"}, {"MultiRegion": True}):
        code, message = refused(kms.create_key, **arguments)
        assert code == "UnsupportedOperationException" and "Squall does not serve" in message
    with pytest.raises(ClientError) as caught:
        kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", GrantTokens=["token"])
    assert "GrantTokens" in str(caught.value)
    kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", GrantTokens=[])  # asks for nothing
    with pytest.raises(ClientError):
        kms.create_grant(KeyId=key["KeyId"], GranteePrincipal="arn:aws:iam::000000000000:root", Operations=["Decrypt"])


def test_aliases(kms, key):
    name = f"alias/{key['KeyId'][:8]}"
    kms.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    arn = f"arn:aws:kms:{REGION}:000000000000:{name}"
    assert refused(kms.create_alias, AliasName=name, TargetKeyId=key["KeyId"]) == (
        "AlreadyExistsException", f"An alias with the name {arn} already exists")
    for spelling in (name, arn):
        assert kms.encrypt(KeyId=spelling, Plaintext=b"x")["KeyId"] == key["Arn"]
    other = kms.create_key()["KeyMetadata"]
    kms.update_alias(AliasName=name, TargetKeyId=other["Arn"])
    assert kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"] == other["KeyId"]
    listed = [a for page in kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 1})
              for a in page["Aliases"]]
    assert [a["TargetKeyId"] for a in listed if a["AliasName"] == name] == [other["KeyId"]]
    kms.delete_alias(AliasName=name)
    assert refused(kms.delete_alias, AliasName=name) == ("NotFoundException", f"Alias {arn} is not found.")
    assert refused(kms.create_alias, AliasName="vault", TargetKeyId=key["KeyId"])[0] == "ValidationException"
    assert refused(kms.create_alias, AliasName="alias/a b", TargetKeyId=key["KeyId"]) == one_violation(
        "'alias/a b'", "aliasName", "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$")
    assert refused(kms.create_alias, AliasName="alias/aws/x", TargetKeyId=key["KeyId"])[0] == "NotAuthorizedException"


def test_policies(kms, key):
    default = kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"]
    assert json.loads(default)["Statement"][0]["Principal"] == {"AWS": "arn:aws:iam::000000000000:root"}
    assert kms.list_key_policies(KeyId=key["KeyId"])["PolicyNames"] == ["default"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "kms:*", "Resource": "*"}]})
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=policy)
    assert kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"] == policy
    made = kms.create_key(Policy=policy)["KeyMetadata"]["KeyId"]
    assert kms.get_key_policy(KeyId=made, PolicyName="default")["Policy"] == policy
    for wrong in ("{", "{}", '{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps"}]}'):
        assert refused(kms.put_key_policy, KeyId=key["KeyId"], PolicyName="default", Policy=wrong)[0] == (
            "MalformedPolicyDocumentException")


def test_tags(kms):
    tags = [{"TagKey": f"tag{i}", "TagValue": f"value{i}"} for i in (1, 2, 3)]
    key = kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    kms.untag_resource(KeyId=key, TagKeys=["tag2"])
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "tag3", "TagValue": "changed"}])
    assert kms.list_resource_tags(KeyId=key)["Tags"] == [tags[0], {"TagKey": "tag3", "TagValue": "changed"}]
    assert refused(kms.tag_resource, KeyId=key, Tags=[tags[0], tags[0]]) == ("TagException", "Duplicate tag keys")


def test_list_keys_pages(kms):
    made = {kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(5)}
    pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2}))
    assert all(len(page["Keys"]) <= 2 for page in pages)
    assert made <= {entry["KeyId"] for page in pages for entry in page["Keys"]}


def test_the_aws_cli(squall):
    def fails(*arguments):
        code, _, told = squall.cli("kms", *arguments)
        assert code == 254
        return told

    key = squall.cli_json("kms", "create-key", "--tags", "TagKey=a,TagValue=b")["KeyMetadata"]["Arn"]
    plaintext = base64.b64encode(b"hello").decode()
    blob = squall.cli_json("kms", "encrypt", "--key-id", key, "--plaintext", plaintext,
                           "--encryption-context", "a=b")["CiphertextBlob"]
    opened = squall.cli_json("kms", "decrypt", "--ciphertext-blob", blob, "--encryption-context", "a=b")
    assert opened["Plaintext"] == plaintext
    assert "(InvalidCiphertextException) when calling the Decrypt operation" in fails("decrypt", "--ciphertext-blob", blob)
    squall.cli_json("kms", "disable-key", "--key-id", key)
    told = fails("encrypt", "--key-id", key, "--plaintext", plaintext)
    assert "(DisabledException) when calling the Encrypt operation" in told and f": {key} is disabled." in told


def test_a_restart_keeps_keys_and_what_they_sealed(serve, tmp_path):
    file = str(tmp_path / "region.db")
    server = serve("--data", file)
    kms = server.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/vault", TargetKeyId=key)
    blob = kms.encrypt(KeyId="alias/vault", Plaintext=b"kept")["CiphertextBlob"]
    server.process.kill()
    server.process.wait()
    again = serve("--data", file).client("kms")
    assert again.decrypt(KeyId="alias/vault", CiphertextBlob=blob)["Plaintext"] == b"kept"


def test_key_policies_are_enforced(strict):
    kms = strict.client("kms")
    made = kms.create_key()["KeyMetadata"]
    key, root = made["KeyId"], {"AWS": f"arn:aws:iam::{made['AWSAccountId']}:root"}

    def policy(*statements):
        return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

    everything = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    no_encryption = {"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*",
                     "Condition": {"StringEquals": {"kms:EncryptionContext:app": "forbidden"}}}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(everything, no_encryption))
    kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"app": "allowed"})
    code, message = refused(kms.encrypt, KeyId=key, Plaintext=b"x", EncryptionContext={"app": "forbidden"})
    assert code == "AccessDeniedException" and "is not authorized to perform: kms:Encrypt on resource: arn:" in message
    assert refused(kms.put_key_policy, KeyId=key, PolicyName="default", Policy=policy(
        {**everything, "Action": "kms:Encrypt"})) == (
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.")
