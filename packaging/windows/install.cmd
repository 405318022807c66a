@echo off
rem Installs ttsd, or this version in the place of another: the programs into
rem %ProgramFiles%\ttsd, the example configuration into %ProgramData%\ttsd where
rem there is none, and the services, which it starts. A second run does no harm;
rem uninstall.cmd is the way back. With /q it does not wait for a key at the end.
setlocal
set "from=%~dp0."
set "to=%ProgramFiles%\ttsd"
set "data=%ProgramData%\ttsd"
set "conf=%data%\ttsd.conf"
set "services=ttsd streamer-supervisor ttsd-gateway"
set "quiet=%~1"
set failed=
set code=1

if not exist "%from%\libexec\ttsd\tone.exe" goto not_unpacked
set /p version=<"%from%\VERSION"

rem Before anything is changed.
mkdir "%to%" 2>nul
mkdir "%to%\probe" 2>nul
if not exist "%to%\probe" goto denied
rmdir "%to%\probe"
if not exist "%conf%" goto understood
"%from%\bin\ttsd.exe" --check-config -c "%conf%" >nul
if not %errorlevel%==0 goto refused
:understood

rem What runs cannot be written over, and ends a moment after it has stopped.
if /i "%~dp0"=="%to%\" goto copied
for %%s in (%services%) do call :service "%from%\bin\%%s.exe" stop >nul
if defined failed goto failed
set tries=0
:copy
set failed=
for %%d in (bin libexec\ttsd) do call :copy_folder %%d
if not defined failed goto written
set /a tries+=1
if %tries% geq 10 goto in_use
ping -n 2 127.0.0.1 >nul
goto copy
:written
xcopy "%from%" "%to%" /e /i /q /y >nul
if not %errorlevel%==0 goto failed
:copied

mkdir "%data%" 2>nul
if not exist "%conf%" copy "%from%\ttsd.conf" "%conf%" >nul
if not exist "%conf%" goto failed

for %%s in (%services%) do call :service "%to%\bin\%%s.exe" install -c "%conf%" >nul
if defined failed goto failed
for %%s in (%services%) do call :service "%to%\bin\%%s.exe" start
if defined failed goto failed
set code=0

echo.
echo ttsd %version% is installed, and starts with the system.
echo To speak, as an administrator, or to find out what is wrong:
echo   "%to%\bin\ttsctl.exe" say "Good morning."
echo   "%to%\bin\ttsctl.exe" doctor
echo Voices, and where it goes: %conf%
echo Restart the services after a change of that:
echo   "%to%\bin\ttsd.exe" service restart
echo   "%to%\bin\streamer-supervisor.exe" service restart
echo The manual: %to%\docs\WINDOWS.html

rem What services find is on the system's PATH, not on a user's.
for /f "tokens=2,*" %%a in ('reg query "HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment" /v Path') do call set "PATH=%%b"
"%to%\bin\streamer-supervisor.exe" --check-config -c "%conf%" >nul 2>nul
if %errorlevel%==0 goto end
echo.
echo Not every output can work yet. If it is ffmpeg that is missing, put an
echo ffmpeg.exe into %to%\bin:
"%to%\bin\streamer-supervisor.exe" --check-config -c "%conf%"
goto end

:not_unpacked
echo The programs are not beside install.cmd: unpack the whole archive first.>&2
goto end

:denied
echo %to% cannot be written in.>&2
echo An administrator may: "Run as administrator" in the menu of install.cmd.>&2
goto end

:refused
echo %conf% is not understood by ttsd %version%, see above.>&2
echo Nothing has been changed.>&2
goto end

:in_use
echo %to% cannot be written over: does a program of it still run?>&2
echo The services have stopped. End it, and run install.cmd again.>&2
goto end

:failed
echo ttsd is not installed whole, see above. The logs are in %data%>&2

:end
if /i not "%quiet%"=="/q" pause
exit /b %code%

:service
%1 service %2 %3 %4
if not %errorlevel%==0 set failed=1
goto :eof

:copy_folder
xcopy "%from%\%1" "%to%\%1" /i /q /y >nul 2>nul
if not %errorlevel%==0 set failed=1
