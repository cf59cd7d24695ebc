"""The real AWS CLI (Debian's awscli 2.9) in this process, one fork per call, so that a call takes a tenth of a second.

Its models are made from emulator/api, so that both sides know the same members in the same order: the models that
Debian ships are from 2023, and newer ones list their members differently.
"""
import functools
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SERVICES = ("ec2", "iam", "kms", "ssm", "sts")


def manifest(service):
    with open(os.path.join(ROOT, "emulator", "api", service + ".json")) as file:
        return json.load(file)


def write_models(folder):
    """The manifests as botocore's own files, for AWS_DATA_PATH."""
    for service in SERVICES:
        facts = manifest(service)
        metadata = dict(facts["metadata"], signatureVersion="v4", uid=f"{service}-{facts['metadata']['apiVersion']}",
                        serviceFullName=service)
        operations = {name: dict(one, name=name, errors=[{"shape": error} for error in one.get("errors", [])])
                      for name, one in facts["operations"].items()}
        if service == "ssm":  # which awscli looks up whenever it meets ssm
            operations["StartSession"] = {"name": "StartSession", "http": {"method": "POST", "requestUri": "/"}}
        place = os.path.join(folder, service, metadata["apiVersion"])
        os.makedirs(place)
        for name, content in (("service-2", dict(version="2.0", metadata=metadata, operations=operations,
                                                 shapes=facts["shapes"])),
                              ("paginators-1", dict(pagination=facts["pagination"])),
                              ("waiters-2", dict(version=2, waiters=facts["waiters"]))):
            with open(os.path.join(place, name + ".json"), "w") as file:
                json.dump(content, file)


def warmed_up():
    """The CLI's main(), with what every call loads (modules, service models, the system's name) loaded once. main() itself
    must not run here: it starts a thread, and what forks then hangs."""
    sys.path.insert(0, "/usr/lib/python3/dist-packages")
    import distro
    from awscli.botocore.loaders import JSONFileLoader, Loader
    from awscli.clidriver import create_clidriver, main
    # Each call makes its own loader; they are all alike.
    JSONFileLoader.__hash__ = Loader.__hash__ = lambda self: 0
    JSONFileLoader.__eq__ = Loader.__eq__ = lambda self, other: type(self) is type(other)
    JSONFileLoader.load_file = functools.lru_cache(None)(JSONFileLoader.load_file)
    Loader.list_available_services = functools.lru_cache(None)(Loader.list_available_services)
    distro.major_version()
    session = create_clidriver().session
    for service in SERVICES:
        session.get_service_model(service)
        session.create_client(service)
    return main


def serve_calls():
    """Reads calls, one JSON list of arguments per line; answers one JSON list [status, out, err] each."""
    answers = os.fdopen(os.dup(1), "w")
    main = warmed_up()
    for line in sys.stdin:
        arguments = json.loads(line)
        files = [os.memfd_create(name) for name in ("out", "err")]
        child = os.fork()
        if child == 0:
            for descriptor, file in zip((1, 2), files):
                os.dup2(file, descriptor)
            sys.argv = ["aws", *arguments]
            status = 255
            try:
                status = main()
            except SystemExit as end:
                status = end.code
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status or 0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in files:
            os.lseek(file, 0, os.SEEK_SET)
            with os.fdopen(file, encoding="utf-8", errors="surrogateescape") as content:
                texts.append(content.read())
        answers.write(json.dumps([status, *texts]) + "\n")
        answers.flush()


class RealCli:
    def __init__(self, environment):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__)], env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, *arguments):
        self.process.stdin.write(json.dumps(arguments) + "\n")
        self.process.stdin.flush()
        return tuple(json.loads(self.process.stdout.readline()))

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


if __name__ == "__main__":
    serve_calls()
