"""`python -m gpu_service`."""

from gpu_service.cli import main

if __name__ == "__main__":
    main()
